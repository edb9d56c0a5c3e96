/* SPDX-License-Identifier: MIT
 * The style sheet of report.html: one column, readable in light, dark and print. */
#ifndef EXPERIMENTS_REPORT_PAGE_STYLE_H
#define EXPERIMENTS_REPORT_PAGE_STYLE_H

#define GM_REPORT_PAGE_STYLE                                                                                 \
  ":root { color-scheme: light dark; --ink: #1b1b1b; --soft: #555; --line: #c8c8c8; --page: #fff; --mark: "  \
  "#b34700; }\n"                                                                                             \
  "@media (prefers-color-scheme: dark) {\n"                                                                  \
  "  :root { --ink: #e6e6e6; --soft: #a8a8a8; --line: #4a4a4a; --page: #16181b; --mark: #ff9d5c; }\n"        \
  "}\n"                                                                                                      \
  "body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 78rem; background: var(--page); color: "     \
  "var(--ink);\n"                                                                                            \
  "  font: 1rem/1.55 system-ui, \"DejaVu Sans\", Verdana, sans-serif; }\n"                                   \
  "h1 { font-size: 1.9rem; line-height: 1.2; margin: 0.5rem 0; }\n"                                          \
  "h2 { font-size: 1.3rem; margin: 2.5rem 0 0.5rem; border-bottom: 1px solid var(--line); }\n"               \
  "header p, main section > p, main section > ul, main section > dl, blockquote { max-width: 46rem; }\n"     \
  "a { color: inherit; }\n"                                                                                  \
  "nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; padding: 0; list-style: none; }\n"           \
  ".quick { border: 2px solid var(--mark); color: var(--mark); padding: 0.6rem 1rem; font-weight: 600; }\n"  \
  "main li { margin: 0.35rem 0; }\n"                                                                         \
  "blockquote { margin: 0.8rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: "           \
  "var(--soft); }\n"                                                                                         \
  ".scroll { overflow-x: auto; margin: 1.2rem 0 2rem; }\n"                                                   \
  "table { border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid; font-size: "          \
  "0.82rem;\n"                                                                                               \
  "  line-height: 1.3; font-variant-numeric: tabular-nums; }\n"                                              \
  "caption { text-align: left; font-weight: 600; font-size: 0.95rem; padding-bottom: 0.4rem; }\n"            \
  "th, td { padding: 0.3rem 0.45rem; text-align: left; vertical-align: top; font-weight: 400; }\n"           \
  "th:first-child { padding-left: 0; }\n"                                                                    \
  "tbody th { white-space: nowrap; }\n"                                                                      \
  "thead th { vertical-align: bottom; font-weight: 600; border-bottom: 1px solid; }\n"                       \
  ".number { text-align: right; white-space: nowrap; }\n"                                                    \
  "thead .number { white-space: normal; }\n"                                                                 \
  ".unit, .interval { display: block; font-weight: 400; color: var(--soft); font-size: 0.92em; }\n"          \
  "li .unit { display: inline; }\n"                                                                          \
  ".notes { font-size: 0.8rem; color: var(--soft); max-width: 48rem; }\n"                                    \
  ".figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: "  \
  "1.5rem; }\n"                                                                                              \
  "figure { margin: 0; break-inside: avoid; }\n"                                                             \
  "figure svg { display: block; width: 100%; height: auto; background: #fff; border: 1px solid "             \
  "var(--line); }\n"                                                                                         \
  "figure svg text, figure svg tspan { font-family: \"DejaVu Sans\", Verdana, Arial, sans-serif; }\n"        \
  "figcaption { font-size: 0.85rem; margin-top: 0.4rem; color: var(--soft); }\n"                             \
  "dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1.2rem; }\n"                      \
  "dt { color: var(--soft); }\n"                                                                             \
  "dd { margin: 0; }\n"                                                                                      \
  "code { font-size: 0.9em; }\n"                                                                             \
  "@media print {\n"                                                                                         \
  "  :root { --ink: #000; --soft: #333; --line: #999; --page: #fff; --mark: #000; }\n"                       \
  "  body { max-width: none; font-size: 10pt; }\n"                                                           \
  "  nav { display: none; }\n"                                                                               \
  "  .figures { grid-template-columns: 1fr 1fr; }\n"                                                         \
  "  .scroll { overflow: visible; break-inside: avoid; }\n"                                                  \
  "  table { font-size: 7pt; }\n"                                                                            \
  "  th, td { padding: 0.15rem 0.25rem; }\n"                                                                 \
  "}\n"

#endif
