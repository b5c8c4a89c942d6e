/** A report as one self-contained HTML page: no file beside it; a script only where its body brings one. */
import { escapeHtml } from './charts.ts';

const STYLE = `
body{font:15px/1.5 system-ui,sans-serif;color:#1d2733;max-width:980px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:0}h2{font-size:1.1rem;margin-top:2rem}p.where{color:#5a6775;margin-top:.2rem}
table{border-collapse:collapse}td,th{padding:.3rem .6rem;text-align:right;font-variant-numeric:tabular-nums}
th{font-weight:600}.figures th,.confusion th[scope=row]{text-align:left}.figures td,.figures th{border-bottom:1px solid #e3e8ee}
.figures td:last-child{text-align:left;color:#5a6775}.confusion{font-size:13px}.confusion td{border:1px solid #fff;min-width:3.4rem;text-align:center;line-height:1.25}
.confusion td small{display:block;opacity:.75;font-size:11px}.confusion .diagonal{font-weight:700}.confusion .total{color:#5a6775}
.scroll{overflow-x:auto}svg{max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#1d2733}svg text.small{font-size:11px;fill:#5a6775}
p.note{max-width:46rem;color:#5a6775;font-size:14px}
.row{display:flex;flex-wrap:wrap;gap:1rem}.row>*{flex:1 1 420px;min-width:0}h3{font-size:.95rem;margin:.5rem 0}
ul.warnings{background:#fff6e5;border-left:4px solid #d98e04;margin:1rem 0;padding:.7rem 1rem .7rem 2rem;max-width:52rem}`;

/**
 * @param title heads the page; any text   @param body HTML
 * @returns the text of an HTML file
 */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="generator" content="Mien"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1>
${body}
</body></html>
`;
}
