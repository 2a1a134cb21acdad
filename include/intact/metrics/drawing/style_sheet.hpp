// The page's style sheet: light by default, dark where the reader's system asks for it.
//
// The five series colours stay apart for every common kind of colour blindness and have at least
// three times the contrast of their background.
// Source   M. Okabe, K. Ito, "Color Universal Design", 2008; darkened for the light scheme
#pragma once

#include <string_view>

namespace intact::drawing {

inline constexpr std::string_view style_sheet = R"css(
:root { color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --ink: #1b222c; --soft: #586170; --rule: #e2e5ea;
  --bar: #aeb9c8; --band: #8aa0bd1c;
  --c1: #0072b2; --c2: #b06f00; --c3: #00805f; --c4: #ad4088; --c5: #c9420a; }
@media (prefers-color-scheme: dark) { :root {
  --page: #12151a; --card: #1a1f26; --ink: #e8ebf0; --soft: #a4adba; --rule: #2d343e;
  --bar: #56657a; --band: #8aa0bd1a;
  --c1: #56b4e9; --c2: #e9a620; --c3: #2cc69c; --c4: #e38cc2; --c5: #ff7d4d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 40px 20px 60px; }
h1 { text-wrap: balance; font-size: 32px; line-height: 1.2; margin: 0 0 12px; letter-spacing: -0.01em; }
h2 { font-size: 26px; margin: 64px 0 8px; padding-top: 24px; border-top: 2px solid var(--rule); }
h3 { font-size: 19px; margin: 36px 0 10px; }
p { max-width: 76ch; margin: 0 0 12px; }
.lead { font-size: 18px; }
.quiet, figcaption { color: var(--soft); }
figcaption b { color: var(--ink); }
code { font: 14px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
figure { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  margin: 0 0 18px; padding: 18px 20px 14px; min-width: 0; }
figure h4 { margin: 0 0 6px; font-size: 15px; }
h2, .advice { overflow-wrap: anywhere; }
figcaption { font-size: 15px; max-width: 92ch; margin-top: 8px; }
.wide { overflow-x: auto; }
.wide svg { min-width: 760px; }
figure:not(.whole) svg { max-width: 640px; margin: 0 auto; }
.narrow { display: none; }
@media (max-width: 840px) { .broad { display: none; } .narrow { display: block; max-width: 640px; margin: 0 auto; } }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); gap: 0 18px; grid-auto-flow: dense; }
.pair .whole { grid-column: 1 / -1; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 14px; margin: 14px 0 22px; }
.tile { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 14px 18px; }
.tile b { display: block; font-size: 22px; line-height: 1.25; font-weight: 650; }
.tile span { color: var(--soft); font-size: 14px; }
table { border-collapse: collapse; width: 100%; font-size: 15px; font-variant-numeric: tabular-nums; }
th { font-weight: 600; text-align: right; color: var(--soft); padding: 4px 10px; vertical-align: bottom; line-height: 1.3; white-space: nowrap; }
td { text-align: right; padding: 5px 10px; border-top: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
tr.reference td { font-weight: 650; }
tr.chosen td { background: var(--band); }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(168px, 1fr)); gap: 4px; margin: 0 -10px; }
.images div { font-size: 12.5px; line-height: 1.45; padding: 8px 6px 8px 8px; border: 2px solid transparent; border-radius: 8px; }
.images img { display: block; width: 112px; height: 112px; image-rendering: pixelated;
  border: 1px solid var(--rule); border-radius: 6px; background: #fff; margin-bottom: 6px; }
.images .right { color: var(--c3); } .images .wrong { color: var(--c5); }
.images .differs { border-color: var(--c5); }
svg { display: block; width: 100%; height: auto; font: 13px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
svg text { fill: var(--ink); }
svg .tick, svg .title { fill: var(--soft); font-size: 12px; }
svg .number, svg .lane { font-size: 12px; font-variant-numeric: tabular-nums; }
svg .halo { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
svg .strong { font-weight: 700; }
svg .middle { text-anchor: middle; } svg .end { text-anchor: end; }
svg .grid { stroke: var(--rule); stroke-width: 1; } svg .axis { stroke: var(--soft); stroke-width: 1.2; }
svg .bar { fill: var(--bar); } svg .band { fill: var(--band); } svg .ink { fill: var(--ink); }
svg .leader { stroke: var(--soft); stroke-width: 0.8; opacity: 0.65; }
svg .mark { stroke-width: 1.4; } svg .dashes { stroke-dasharray: 4 3; }
svg .dots { stroke-dasharray: 1.5 2.5; } svg .long { stroke-dasharray: 13 4; } svg .cap { stroke-width: 2; }
svg .curve { fill: none; stroke-width: 2.4; stroke-linejoin: round; }
svg .thin { stroke-width: 1.4; }
svg .identity { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 4; fill: none; }
svg .ring { stroke: var(--card); stroke-width: 1.4; }
svg .fill1 { fill: var(--c1); } svg .fill2 { fill: var(--c2); } svg .fill3 { fill: var(--c3); }
svg .fill4 { fill: var(--c4); } svg .fill5 { fill: var(--c5); }
svg .line0 { stroke: var(--soft); }
svg .line1 { stroke: var(--c1); } svg .line2 { stroke: var(--c2); } svg .line3 { stroke: var(--c3); }
svg .line4 { stroke: var(--c4); } svg .line5 { stroke: var(--c5); }
svg text.text1 { fill: var(--c1); } svg text.text2 { fill: var(--c2); } svg text.text3 { fill: var(--c3); }
svg text.text4 { fill: var(--c4); } svg text.text5 { fill: var(--c5); }
.advice { list-style: none; margin: 0 0 16px; padding: 0; }
.advice li { border-left: 4px solid var(--c5); background: var(--card); padding: 8px 14px; margin: 0 0 8px; max-width: 100ch; }
.advice b { display: block; font-weight: 650; }
.none { color: var(--c3); }
td.words { text-align: left; white-space: normal; min-width: 220px; }
th.words { text-align: left; }
@media (max-width: 1160px) { th, td { padding: 4px 5px; }
  table:not(.cards) { font-size: 14px; }
  table:not(.cards) td:first-child { position: sticky; left: 0; background: var(--card); white-space: normal; min-width: 116px; }
  table:not(.cards) tr.chosen td:first-child { background: linear-gradient(var(--band), var(--band)), var(--card); } }
@media (max-width: 1100px) {
  .cards thead { display: none; }
  .cards, .cards tbody { display: block; }
  .cards tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(120px, 1fr)); gap: 4px 14px;
    align-items: end; padding: 10px 0; border-top: 1px solid var(--rule); }
  .cards tr:first-child { border-top: 0; }
  .cards td { padding: 0; border: 0; text-align: left; white-space: normal; min-width: 0; }
  .cards td::before { content: attr(data-label); display: block; color: var(--soft); font-size: 13px; line-height: 1.3; }
  .cards td:first-child, .cards td.words { grid-column: 1 / -1; }
  .cards td:first-child { font-weight: 650; overflow-wrap: anywhere; } .cards td:first-child::before { content: none; } }
@media (max-width: 480px) { svg .lane, svg .key { font-size: 14px; } svg .number { font-size: 13px; } }
@media (max-width: 700px) { main { padding: 24px 12px 40px; } h1 { font-size: 27px; }
  h2 { font-size: 23px; margin-top: 40px; } figure { padding: 14px 14px 12px; } }
.share { display: inline-block; height: 9px; border-radius: 2px; background: var(--c5); margin-right: 6px; }
footer { margin-top: 60px; padding-top: 18px; border-top: 2px solid var(--rule); font-size: 14px; color: var(--soft); }
)css";

}  // namespace intact::drawing
