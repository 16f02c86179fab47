// A bonus for the week to fill in: strokes along a day, half hours of a day that is opened, and the sum in words at once.
// Without this file the boxes, the quick buttons and the text fields do the same with the server's help.
// The text field of each day carries the truth; boxes, half hours and sum are drawn from it.
const grid = document.getElementById('uke');
const words = JSON.parse(grid.dataset.words);
const english = document.documentElement.lang === 'en';
const sum = document.querySelector('#sum span');
const boxes = [...grid.querySelectorAll('input')];
const typed = Array.from({length: 7}, (_, day) => document.getElementById('tid-' + day));
const rows = [...grid.tBodies[0].rows];
const names = rows.map(row => row.querySelector('.long').textContent);
const week = new Uint8Array(336);
const opened = new Map();

// ---- a box is anything that stands for some half hours: { input, from, to } in half hours since Monday 00.00
const spanOf = new Map(boxes.map(input => {
  const [day, hour] = input.value.split('-').map(Number);
  return [input, {from: day * 48 + hour * 2, to: day * 48 + hour * 2 + 4}];
}));
const share = ({from, to}) => week.subarray(from, to).reduce((a, b) => a + b, 0) / (to - from);
function set(from, to, on) {
  week.fill(on ? 1 : 0, from, to);
  typed[Math.floor(from / 48)].unread = false;
}

// ---- hours as text, and back
const clock = half => {
  const hour = half >> 1, minute = half & 1 ? '30' : '00';
  return english ? String(hour).padStart(2, '0') + ':' + minute : half & 1 ? hour + '.30' : String(hour);
};
function hours(day) {
  const runs = [];
  for (let half = 0; half < 48; half++) {
    if (!week[day * 48 + half]) continue;
    if (runs.at(-1)?.[1] === half) runs.at(-1)[1]++; else runs.push([half, half + 1]);
  }
  if (runs[0]?.[1] - runs[0]?.[0] === 48) return words.all;
  return runs.map(run => run.map(clock).join('–')).join(', ');
}
function read(text) {  // an array of [from, to] half hours, or null when the server must say what is wrong
  const plain = text.trim().toLowerCase();
  if (!plain) return [];
  if (plain === words.all) return [[0, 48]];
  const half = (hour, minute) => hour * 2 + (minute === '30' ? 1 : 0);
  const spans = plain.split(/\s*(?:[,;]|\bog\b|\band\b)\s*/).map(piece => {
    const found = /^(\d{1,2})(?:[.:]?([03]0))?\s*[-–—]\s*(\d{1,2})(?:[.:]?([03]0))?$/.exec(piece);
    return found && [half(found[1], found[2]), half(found[3], found[4]) || 48];
  });
  return spans.every(span => span && span[0] < span[1] && span[1] <= 48) ? spans : null;
}

// ---- the sum, in the very words of the server
const listed = list => list.length > 1 ? list.slice(0, -1).join(', ') + ' ' + words.and + ' ' + list.at(-1) : list.join('');
function daysOf(days) {
  if (days.length === 7) return words.every;
  const said = [];
  if ([0, 1, 2, 3, 4].every(day => days.includes(day))) { said.push(words.weekdays); days = days.filter(day => day > 4); }
  const runs = [];
  for (const day of days) if (runs.at(-1)?.at(-1) === day - 1) runs.at(-1).push(day); else runs.push([day]);
  for (const run of runs) {
    const called = run.map(day => english ? names[day] : names[day].toLowerCase());
    said.push(...(run.length < 3 ? called : [called[0] + ' ' + words.to + ' ' + called.at(-1)]));
  }
  return listed(said);
}
function inWords() {
  if (!week.includes(1)) return words.none;
  if (!week.includes(0)) return words.any;
  const lines = new Map();
  for (let day = 0; day < 7; day++) {
    const text = hours(day);
    if (text) lines.set(text, [...lines.get(text) || [], day]);
  }
  const phrases = [...lines].map(([text, days]) => daysOf(days) + ' ' + text);
  const simple = [...lines].every(([text, days]) => days.length === 1 && !text.includes(','));
  return simple ? listed(phrases) : phrases.join('; ');
}

// ---- drawing
function drawBox(input, span) {
  const part = share(span);
  input.checked = part === 1;
  input.indeterminate = part > 0 && part < 1;
  input.closest('td').classList.toggle('part', input.indeterminate);
}
function tidy(day) {  // what cannot be read stays as it was typed, and the server says what is wrong with it
  if (!typed[day].unread) typed[day].value = hours(day);
}
function draw() {
  for (const [input, span] of spanOf) drawBox(input, span);
  typed.forEach((field, day) => { if (field !== document.activeElement) tidy(day); });
  const said = inWords() + '.';
  if (sum.textContent !== said) sum.textContent = said;
}

// ---- strokes and taps. The click that follows a finger or a mouse is not waited for: when a stroke ends with some speed, a
// browser takes a tap in the next half second for the finger that stops a fling, and sends pointerdown and pointerup but no
// click. So the pointer alone decides, and its click, when it comes, is not let through. Keyboards and voices still click.
let stroke = null, swallow = false;
const boxAt = (x, y) => document.elementFromPoint(x, y)?.closest('#uke td, #uke label')?.querySelector('input');
const leaveText = () => { if (typed.includes(document.activeElement)) document.activeElement.blur(); };
const middle = element => { const r = element.getBoundingClientRect(); return r.top + r.height / 2; };

function paint(last) {
  const {first, before, on} = stroke, a = spanOf.get(first), b = spanOf.get(last);
  week.set(before);
  const half = first.closest('.halves'), sides = span => half ? [span.from, span.to] : [span.from % 48, span.to % 48 || 48];
  const from = Math.min(sides(a)[0], sides(b)[0]), to = Math.max(sides(a)[1], sides(b)[1]);
  if (half) set(from, to, on);
  else {
    const days = [Math.floor(a.from / 48), Math.floor(b.from / 48)];
    for (let day = Math.min(...days); day <= Math.max(...days); day++) set(day * 48 + from, day * 48 + to, on);
  }
  draw();
}
grid.addEventListener('pointerdown', event => {
  swallow = false;
  const first = event.isPrimary && event.button === 0 && event.target.closest('td, label')?.querySelector('input');
  if (!first) return;
  leaveText();
  stroke = {first, last: first, before: week.slice(), on: share(spanOf.get(first)) < 1, id: event.pointerId};
});
addEventListener('pointermove', event => {
  if (stroke?.id !== event.pointerId) return;
  const edges = grid.getBoundingClientRect(), thumb = event.pointerType === 'touch';
  const x = Math.min(Math.max(event.clientX, edges.left + 4), edges.right - 4);
  const last = boxAt(x, thumb ? middle(stroke.first) : event.clientY);
  if (!last || last === stroke.last || !!last.closest('.halves') !== !!stroke.first.closest('.halves')) return;
  stroke.last = last;
  paint(last);
});
addEventListener('pointerup', event => {
  if (stroke?.id !== event.pointerId) return;
  paint(stroke.last);
  stroke = null;
  swallow = true;
});
addEventListener('pointercancel', event => {  // the finger turned out to scroll
  if (stroke?.id !== event.pointerId) return;
  week.set(stroke.before);
  stroke = null;
  draw();
});
grid.addEventListener('click', event => {
  const pointed = event.pointerType || (swallow && event.detail);
  if (pointed && event.target.closest('td, label')?.querySelector('input')) event.preventDefault();
  swallow = false;
}, true);
grid.addEventListener('change', event => {  // by keyboard, or by a voice
  const span = spanOf.get(event.target);
  if (span) { set(span.from, span.to, event.target.checked); draw(); }
});

// ---- a day opens to its half hours: three lines of six hours, and the night when there is something in it
function halvesOf(day) {
  const row = document.createElement('tr'), cell = row.insertCell(), group = document.createElement('div');
  row.id = 'halve-' + day;
  cell.colSpan = 8;
  group.className = 'halves';
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', names[day]);
  cell.append(group);
  const night = week.subarray(day * 48, day * 48 + 12).includes(1);
  for (let half = night ? 0 : 12; half < 48; half++) {
    const label = document.createElement('label'), input = document.createElement('input');
    input.type = 'checkbox';
    input.setAttribute('aria-label', names[day] + ' ' + clock(half) + '–' + clock(half + 1));
    if (half % 2 === 0) label.dataset.hour = half / 2;
    label.append(input);
    group.append(label);
    spanOf.set(input, {from: day * 48 + half, to: day * 48 + half + 1});
  }
  return row;
}
rows.forEach((row, day) => {
  const link = row.querySelector('th a'), button = document.createElement('button');
  button.type = 'button';
  button.append(...link.childNodes);
  button.setAttribute('aria-expanded', 'false');
  link.replaceWith(button);
  button.addEventListener('click', () => {
    const open = opened.get(day);
    button.setAttribute('aria-expanded', String(!open));
    if (open) {
      for (const input of open.querySelectorAll('input')) spanOf.delete(input);
      open.remove();
      opened.delete(day);
    } else {
      opened.set(day, halvesOf(day));
      row.after(opened.get(day));
    }
    draw();
  });
});

// ---- quick buttons, and the text fields
const quick = {dag: [0, 5, 16, 32], kveld: [0, 7, 32, 44], helg: [5, 7, 16, 44]};
for (const button of document.querySelectorAll('button[name=fyll]')) button.addEventListener('click', event => {
  event.preventDefault();
  leaveText();
  const [first, last, from, to] = quick[button.value] || [0, 0];
  if (!last) for (let day = 0; day < 7; day++) set(day * 48, day * 48 + 48, false);
  for (let day = first; day < last; day++) set(day * 48 + from, day * 48 + to, true);
  draw();
});
function take(day) {
  const spans = read(typed[day].value);
  typed[day].unread = !spans;
  if (!spans) return;
  set(day * 48, day * 48 + 48, false);
  for (const [from, to] of spans) set(day * 48 + from, day * 48 + to, true);
}
typed.forEach((field, day) => {
  take(day);
  if (field.unread) for (const input of rows[day].querySelectorAll(':checked')) week.fill(1, spanOf.get(input).from, spanOf.get(input).to);
  field.addEventListener('input', () => { take(day); draw(); });
  field.addEventListener('change', () => { take(day); tidy(day); draw(); });
});
// A browser that came back to the page may have kept boxes that were changed before this file ran.
for (const input of boxes) if (input.checked !== input.defaultChecked) {
  const {from, to} = spanOf.get(input);
  set(from, to, input.checked);
}
draw();
