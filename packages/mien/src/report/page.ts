/** A report as one self-contained HTML page: no file beside it; a script only where its body brings one. */
import { escapeHtml } from './charts.ts';

const STYLE = `
body{font:15px/1.5 system-ui,sans-serif;color:#1d2733;max-width:980px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:0}h2{font-size:1.1rem;margin-top:2rem}p.where{color:#5a6775;margin-top:.2rem}
table{border-collapse:collapse}td,th{padding:.3rem .6rem;text-align:right;font-variant-numeric:tabular-nums}
th{font-weight:600}.figures th,.confusion th[scope=row]{text-align:left}.figures td,.figures th{border-bottom:1px solid #e3e8ee}
.figures td:last-child{text-align:left;color:#5a6775}.confusion{font-size:13px}.confusion td{border:1px solid #fff;min-width:3.4rem;text-align:center;line-height:1.25}
.confusion td small{display:block;opacity:.75;font-size:11px}.confusion .diagonal{font-weight:700}.confusion .total{color:#5a6775}
.figures td:nth-child(2){white-space:nowrap}.confusion th[scope=row]{position:sticky;left:0;background:#fff}.scroll{overflow-x:auto}.scroll svg{min-width:520px}svg{max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#1d2733}svg text.small{font-size:11px;fill:#5a6775}
p.note{max-width:46rem;color:#5a6775;font-size:14px}
.row{display:flex;flex-wrap:wrap;gap:1rem}.row>*{flex:1 1 420px;min-width:0}h3{font-size:.95rem;margin:.5rem 0}
.table{font-size:14px}.table th{text-align:left}.table td,.table th{border-bottom:1px solid #e3e8ee}.table td{white-space:nowrap}.table thead th{vertical-align:bottom}.table thead th:not(.name){text-align:right}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:1rem 1.2rem}.panels figure{margin:0}.panels svg{width:100%}.panels figcaption{font-size:12px;line-height:1.35;color:#5a6775;min-height:3.2em}.panels strong{color:#1d2733;font-size:14px}
svg text.inbar{font-size:11px;fill:#fff}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(112px,1fr));gap:.9rem .7rem;margin:1rem 0;padding:0}.pictures.small{grid-template-columns:repeat(auto-fill,minmax(84px,1fr));gap:.6rem .5rem}.pictures figure{margin:0}
.pictures img{width:100%;aspect-ratio:1;object-fit:contain;image-rendering:pixelated;background:#eef1f4;display:block}.pictures figcaption{font-size:12px;line-height:1.35;overflow-wrap:anywhere}.pictures .id{color:#5a6775}
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
