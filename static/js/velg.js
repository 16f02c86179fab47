// A bonus for long lists of boxes: narrows the list while one types, in any spelling that the vocabulary knows.
// Without this file the search button beside the field asks the server, which answers with the same list, narrowed.
// A box that is ticked always stays in sight.
const LETTERS = {æ: 'ae', ø: 'o', å: 'a', ð: 'd', đ: 'd', ŧ: 't', ŋ: 'n', ł: 'l'};
const wordsOf = text => text.toLowerCase().replace(/[æøåðđŧŋł]/g, letter => LETTERS[letter]).normalize('NFKD')
  .replace(/\p{M}/gu, '').split(/[^0-9a-z]+/).filter(Boolean);
const alike = (asked, known) => known.startsWith(asked) || (known.length > 3 && asked.startsWith(known));

for (const field of document.querySelectorAll('[data-velg]')) {
  const list = document.getElementById(field.dataset.velg), said = document.getElementById(field.dataset.velg + '-sum');
  const items = [...list.querySelectorAll('[data-ord]')].map(item => [item, wordsOf(item.dataset.ord)]);
  const heads = [...list.querySelectorAll('[data-gruppe]')];
  let searched = false;
  const narrow = () => {
    const asked = wordsOf(field.value);
    const hits = items.map(([, known]) => asked.filter(word => known.some(other => alike(word, other))).length);
    const best = Math.max(...hits);
    let count = 0;
    items.forEach(([item], n) => {
      const hit = !asked.length || (best > 0 && hits[n] === best);
      count += hit;
      item.hidden = !hit && !item.querySelector(':checked');
    });
    heads.forEach(head => {
      head.hidden = !head.querySelector('[data-ord]:not([hidden])');
      if (asked.length || searched) head.open = !!asked.length || !!head.dataset.gruppe || !!head.querySelector(':checked');
    });
    searched = !!asked.length;
    said.textContent = !asked.length ? '' : count ? said.dataset.some.replace('#', count) : said.dataset.none;
  };
  for (const button of document.querySelectorAll('[data-velg-knapp="' + field.dataset.velg + '"]')) button.hidden = true;
  field.addEventListener('input', narrow);
  field.addEventListener('keydown', event => { if (event.key === 'Enter') event.preventDefault(); });
  narrow();
}
