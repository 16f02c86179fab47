"""What happens without anybody pressing: notices go out, deadlines pass, and what is over is deleted."""
