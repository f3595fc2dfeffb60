import { isReached, type Row } from './row.ts';

const titles = ['what', 'bound', 'min', 'median', 'max', 'reached', 'seen on this machine'];

/** The rows as a table that reads alike on a screen and in Markdown. */
export function table(rows: readonly Row[]): string {
  const cells = [titles, ...rows.map(cellsOf)];
  const widths = titles.map((_title, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head = titles, ...body] = cells;
  return [line(head), rule, ...body.map(line)].join('\n');
}

function cellsOf(row: Row): string[] {
  const { min, median, max } = row.figures;
  const [word, limit] = 'atLeast' in row.bound ? ['>=', row.bound.atLeast] : ['<=', row.bound.atMost];
  const unit = row.unit === 'times' ? '' : ` ${row.unit}`;
  const figures = [min, median, max].map((figure) => figure.toFixed(2) + unit);
  return [row.what, `${word} ${limit}${unit}`, ...figures, isReached(row) ? 'yes' : 'NO', row.seen];
}
