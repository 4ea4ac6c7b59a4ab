/** How tables look; on a narrow screen each finding becomes a card of its own. */
export const TABLE_STYLE = `
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{font-size:.8rem;font-weight:600;color:var(--soft);white-space:nowrap;border-bottom-color:var(--line)}
tbody th{font-weight:500}
.n{text-align:right;white-space:nowrap}
.barcell{min-width:8rem;width:22%;vertical-align:middle}
.keys tbody th{min-width:10rem}.keys td:nth-child(5){min-width:16rem}.rules tbody th{min-width:13rem}
.vals{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.2rem .6rem}
.sev{display:inline-block;font-size:.8rem;font-weight:600;padding:.05rem .5rem;border-radius:99px;white-space:nowrap}
.critical{color:var(--crit);background:var(--crit-bg)}.high{color:var(--high);background:var(--high-bg)}
.medium{color:var(--med);background:var(--med-bg)}.low{color:var(--low);background:var(--low-bg)}
.good{color:var(--ok);background:var(--ok-bg)}.idle{color:var(--idle);background:var(--idle-bg)}
.gap{margin:1.25rem 0 .5rem}
.heat td{text-align:right;color:var(--hi);border-left:1px solid var(--line)}
.heat thead th{text-align:right;white-space:normal}.heat thead th:first-child{text-align:left}
.h0{background:var(--h0)}.h1{background:var(--h1)}.h2{background:var(--h2)}.h3{background:var(--h3)}.h4{background:var(--h4)}
.controls{display:none;grid-template-columns:minmax(14rem,2fr) repeat(4,minmax(7rem,1fr)) auto;gap:.6rem;align-items:end;margin:0 0 .75rem}
.js .controls{display:grid}
.controls label{display:block;font-size:.8rem;color:var(--soft)}
.controls .by{display:none}
input,select,button{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--soft);border-radius:7px;padding:.4rem .6rem;min-height:2.4rem;width:100%}
button{width:auto;cursor:pointer}button:hover{background:var(--chip)}
.count{margin:0 0 .5rem;font-size:.9rem;color:var(--soft);min-height:1.4em}
#more{margin:.75rem .5rem 0 0}
.findings thead th{position:sticky;top:0;background:var(--card);z-index:1}
.findings th button{all:unset;cursor:pointer;font:inherit;color:inherit}
.findings th button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.findings th button::after{content:"\\2195";opacity:.55;margin-left:.35em}
.findings [aria-sort=ascending] button::after{content:"\\2191";opacity:1}
.findings [aria-sort=descending] button::after{content:"\\2193";opacity:1}
.findings{table-layout:fixed;min-width:80rem}
.findings th:nth-child(1){width:6.4rem}.findings th:nth-child(2){width:5.4rem}.findings th:nth-child(3){width:11.6rem}
.findings th:nth-child(5){width:9rem}.findings th:nth-child(6){width:19rem}.findings th:nth-child(7){width:8.5rem}.findings th:nth-child(8){width:6.6rem}
.findings td,.rules tbody th{overflow-wrap:anywhere}.findings td:nth-child(5) bdi{display:inline-block;max-width:100%}
.findings td:nth-child(5),.findings td:nth-child(8){font-size:.85rem;color:var(--soft)}
.findings .id{display:block;font-size:.82rem;color:var(--soft);overflow-wrap:anywhere}
.findings .id code{background:none;padding:0}
.findings .why{display:block;color:var(--soft);font-size:.85rem}
button.copy{padding:0 .4rem;min-height:1.5rem;margin-left:.4rem;vertical-align:baseline;font-size:.75rem;color:var(--soft);border-color:var(--line)}
.tall{max-height:36rem;overflow-y:auto}
.changes thead th{position:sticky;top:0;background:var(--card);z-index:1}
.changes{min-width:64rem}.changes td{overflow-wrap:anywhere}
.changes td:nth-child(1){min-width:15rem}.changes td:nth-child(2),.changes td:nth-child(7){font-size:.85rem;color:var(--soft)}
.changes .id{display:block;font-size:.82rem;color:var(--soft)}.changes .id code{background:none;padding:0}
.op{font-size:.8rem;font-weight:600;white-space:nowrap;padding:.05rem .5rem;border-radius:99px}
.op.create{color:var(--ok);background:var(--ok-bg)}.op.overwrite{color:var(--med);background:var(--med-bg)}.op.delete{color:var(--high);background:var(--high-bg)}
.owners tbody th{min-width:13rem}.exempt-list td:nth-child(2),.exempt-list td:nth-child(4){min-width:12rem}
td.d{white-space:nowrap}
.log td:nth-child(2){font-size:.85rem;min-width:9rem;overflow-wrap:anywhere}.log th,.log td{padding-left:.5rem;padding-right:.5rem}
.facts{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:.75rem 0}.facts dt{font-size:.8rem;color:var(--soft)}.facts dd{margin:0;font-weight:500;overflow-wrap:anywhere}
.none{padding:1.1rem;margin:0}
@media (max-width:64rem){.controls{grid-template-columns:repeat(4,1fr)}.controls .q{grid-column:1/-1}}
@media screen and (max-width:48rem){
.controls{grid-template-columns:1fr 1fr}.controls .by{display:block}
.findings{min-width:0}.findings,.findings tbody,.findings tr,.findings td{display:block}
.findings thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.findings tr{padding:.7rem .9rem;border-bottom:1px solid var(--line)}
.findings td{border:0;padding:.1rem 0}
.findings td:nth-child(1),.findings td:nth-child(2){display:inline-block;margin-right:.5rem}
.findings td:nth-child(3){font-weight:600}
.findings td:nth-child(7)::before{content:"Fix: ";color:var(--soft)}
.findings td:nth-child(8)::before{content:"Since "}
.changes{min-width:0}.changes,.changes tbody,.changes tr,.changes td{display:block}
.changes thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.changes tr{padding:.7rem .9rem;border-bottom:1px solid var(--line)}.changes td{border:0;padding:.1rem 0}
.changes td:nth-child(3),.changes td:nth-child(4){display:inline-block;margin-right:.5rem}
.changes td:nth-child(5)::before{content:"Old: ";color:var(--soft)}.changes td:nth-child(6)::before{content:"New: ";color:var(--soft)}.changes td:nth-child(7)::before{content:"Why: "}
button.copy{min-height:1.75rem;padding:0 .6rem}}`;
