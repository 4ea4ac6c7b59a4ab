import { TABLE_STYLE } from "./table-style.ts";

const COLORS = `
:root{color-scheme:light dark;
--bg:#f6f7f9;--card:#fff;--ink:#14181f;--soft:#4d5866;--line:#dde2e9;--chip:#eef1f5;--accent:#0b5cad;
--crit:#8f0f2b;--high:#b3261e;--med:#8a4b00;--low:#3c5a78;--ok:#12703f;--idle:#59636f;
--crit-bg:#fbe0e5;--high-bg:#fdebe9;--med-bg:#fdf0dc;--low-bg:#e6eef6;--ok-bg:#e2f4ea;--idle-bg:#eceff3;
--f:#c9362c;--e:#7a2fb5;--x:#d29a1f;--p:#2f9a63;--s:#9aa5b1;
--h0:#fff;--h1:#fdeeec;--h2:#fad7d3;--h3:#f5b8b1;--h4:#ee958c;--hi:#14181f}
@media screen and (prefers-color-scheme:dark){:root{
--bg:#0f1318;--card:#171c23;--ink:#e8ecf1;--soft:#a9b4c0;--line:#2b333d;--chip:#222a33;--accent:#7db8f5;
--crit:#ff9db0;--high:#ff9d94;--med:#f5c069;--low:#a9c6e3;--ok:#6fd6a0;--idle:#b4bec9;
--crit-bg:#451522;--high-bg:#411a17;--med-bg:#3b2a0c;--low-bg:#1d2c3b;--ok-bg:#12341f;--idle-bg:#262e37;
--f:#e5685f;--e:#b483e0;--x:#d9a83c;--p:#45b57c;--s:#6b7682;
--h0:#171c23;--h1:#2b1c1d;--h2:#472423;--h3:#662d2a;--h4:#853630;--hi:#fff}}`;

const PAGE = `
*,::before,::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Helvetica,Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
.w{max-width:90rem;margin:0 auto;padding:0 1.5rem}
header.w{padding-top:2.25rem}
h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.02em;margin:0 0 .25rem;font-weight:650}
h2{font-size:1.2rem;line-height:1.3;letter-spacing:-.01em;margin:0 0 .25rem;font-weight:650}
h3{font-size:.95rem;margin:0 0 .5rem;font-weight:600}
section{margin:2.75rem 0 0}
p{margin:.25rem 0 .75rem;max-width:72ch}
a{color:var(--accent);text-underline-offset:.15em}
.m,.lead{color:var(--soft)}
.lead{margin-bottom:1rem}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
code,kbd{font:.86em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
code{background:var(--chip);border-radius:4px;padding:.1em .35em;white-space:pre-wrap;overflow-wrap:anywhere}
.u{font:600 .75em ui-monospace,monospace;border:1px solid currentColor;border-radius:3px;padding:0 .2em;margin:0 .1em;color:var(--high)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-99rem;background:var(--card);padding:.5rem 1rem;z-index:2}
.skip:focus{left:1rem;top:1rem}
.meta{display:flex;flex-wrap:wrap;gap:.15rem 1.5rem;margin:.5rem 0 0;padding:0;color:var(--soft);font-size:.9rem;list-style:none}
.meta b{font-weight:600;color:var(--ink)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:1.25rem 0 0;padding:0;font-size:.92rem}
.banner{margin:1.25rem 0 0;padding:.9rem 1.1rem;border-radius:10px;border:1px solid;border-left-width:6px;background:var(--ok-bg);color:var(--ok);border-color:var(--ok)}
.banner.bad{background:var(--high-bg);color:var(--high);border-color:var(--high)}
.banner strong{font-size:1.05rem;display:block}
.banner ul{margin:.5rem 0 0;padding-left:1.1rem;color:var(--ink);font-size:.92rem}
.banner.bad li.short{color:var(--high);font-weight:600}
.cards{display:grid;grid-template-columns:repeat(8,minmax(0,1fr));gap:.75rem;margin:1.25rem 0 0;padding:0;list-style:none}
.cards li,.panel{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.85rem 1rem}
.cards .k{display:block;font-size:.82rem;color:var(--soft)}
.cards .v{display:block;font-size:1.65rem;line-height:1.25;font-weight:650;letter-spacing:-.02em}
.cards .d{display:block;font-size:.8rem;color:var(--soft)}
.bad-v{color:var(--high)}.ok-v{color:var(--ok)}
.two{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:.75rem;margin-top:.75rem}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:.6rem 0 0;padding:0;font-size:.85rem;color:var(--soft)}
.legend svg{width:.7rem;height:.7rem;margin-right:.35rem;border-radius:2px}
svg.bar{display:block;width:100%;height:.6rem;border-radius:3px}
.grades{width:100%;margin-top:1.1rem}.grades th,.grades td{padding:.3rem 0;border:0;vertical-align:middle}.grades td.n{padding-left:.75rem;width:1%}.grades th{width:6rem}
.panel>h3+.grades{margin-top:0}.later{margin-top:1.1rem;font-size:.85rem}
svg.big{height:1.4rem;border-radius:5px}
.rest{fill:var(--chip)}.fail{fill:var(--f)}.error{fill:var(--e)}.exempt{fill:var(--x)}.pass{fill:var(--p)}.skipped{fill:var(--s)}.has{fill:var(--accent)}
.trend{display:block;width:100%;height:auto}
.trend text{fill:var(--soft);font:11px system-ui,sans-serif}
.trend .grid{stroke:var(--line)}.trend .line{fill:none;stroke:var(--accent);stroke-width:2;stroke-linejoin:round}
.trend .area{fill:var(--accent);opacity:.12}.trend circle{fill:var(--accent);stroke:var(--card);stroke-width:1.5}
.trend .part{fill:var(--card);stroke:var(--f);stroke-width:2}
summary{cursor:pointer;font-size:.9rem;color:var(--soft);margin-top:.5rem}
ol.next{margin:0;padding-left:1.3rem}ol.next li{margin:0 0 .6rem}
ol.next code{display:inline-block;margin:.2rem .4rem 0 0;padding:.2em .55em}
footer.w{margin-top:3rem;margin-bottom:2.5rem;color:var(--soft);font-size:.85rem}
footer p{border-top:1px solid var(--line);padding-top:1rem;max-width:none}
@media (max-width:76rem){.cards{grid-template-columns:repeat(4,minmax(0,1fr))}}
@media (max-width:52rem){.two{grid-template-columns:minmax(0,1fr)}}
@media (max-width:40rem){.w{padding:0 1rem}header.w{padding-top:1.5rem}.cards{grid-template-columns:repeat(2,minmax(0,1fr))}h1{font-size:1.5rem}.trend text{font-size:19px}section{margin-top:2.25rem}}`;

const PRINT = `
@media print{html{font-size:11px}body{background:#fff;font-size:1rem}.w{max-width:none;padding:0}nav,.controls,.skip,.copy,#more{display:none!important}
.scroll{overflow:visible;border:0;padding:0}.tall{max-height:none;overflow:visible}.changes{min-width:0!important}.changes thead th{position:static}.changes td:nth-child(1){min-width:0}section{margin-top:1.2rem}thead{display:table-header-group}.findings{min-width:0!important}.findings th button::after{content:none!important}.findings thead th{position:static}tr,.cards li,.panel{break-inside:avoid}
h2{break-after:avoid}svg,.sev,.heat td,.banner{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit;text-decoration:none}
.two{grid-template-columns:3fr 2fr}.cards{grid-template-columns:repeat(4,minmax(0,1fr))}@page{margin:14mm}}`;

/** All that the page looks like: one style sheet, light, dark, narrow and printed. */
export const STYLE = `${COLORS}${PAGE}${TABLE_STYLE}${PRINT}`;
