/* SPDX-License-Identifier: MIT */
/* How the page of report_html.c looks: CSS, in light and in dark. There is no
   "<", ">" or "&" in it, since it stands in the page as it is. */
#ifndef HTML_STYLE_H
#define HTML_STYLE_H

static const char style[] =
    "\n"
    ":root { color-scheme: light dark; --line: #8884; --soft: #8881;\n"
    "  --pass: #1a7f37; --fail: #c62828; --warn: #9a6700; --skip: #5b6b7b;\n"
    "  --error: #8250df; }\n"
    "body { font: 16px/1.45 system-ui, sans-serif; max-width: 70rem;\n"
    "  margin: 1.5rem auto; padding: 0 1rem; }\n"
    "h1 { font-size: 1.6rem; margin: 0; }\n"
    "h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; }\n"
    ".sums { font-size: 1.1rem; margin: .3rem 0 1rem; }\n"
    "dl { display: grid; grid-template-columns: max-content 1fr;\n"
    "  gap: .15rem 1rem; margin: .5rem 0; }\n"
    "dt { opacity: .75; }\n"
    "dd { margin: 0; overflow-wrap: anywhere; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "table.narrow { width: auto; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .25rem .6rem;\n"
    "  border-bottom: 1px solid var(--line); }\n"
    ".number { text-align: right; font-variant-numeric: tabular-nums;\n"
    "  white-space: nowrap; }\n"
    "td.zero { opacity: .4; }\n"
    "code, pre { font: .85rem/1.4 ui-monospace, monospace; }\n"
    "pre { background: var(--soft); padding: .5rem .7rem; margin: .3rem 0;\n"
    "  white-space: pre-wrap; overflow-wrap: anywhere; }\n"
    ".badge { display: inline-block; min-width: 4.2em; text-align: center;\n"
    "  border-radius: .3em; padding: 0 .4em; color: #fff; font-weight: 600;\n"
    "  font-size: .85rem; }\n"
    ".badge.pass, .badge.expected { background: var(--pass); }\n"
    ".badge.fail, .badge.stale { background: var(--fail); }\n"
    ".badge.warn { background: var(--warn); }\n"
    ".badge.skip { background: var(--skip); }\n"
    ".badge.error { background: var(--error); }\n"
    ".reason { opacity: .8; }\n"
    ".small { font-size: .85rem; opacity: .8; }\n"
    "tr.seen td { padding-left: 1.5rem; }\n"
    "summary { font-weight: 600; cursor: pointer; }\n"
    "@media print { body { max-width: none; } }\n";

#endif
