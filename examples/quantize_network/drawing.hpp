// The library's tools for drawings and pages, by their own names in this program.
#pragma once

#include "intact/metrics/drawing/axis.hpp"
#include "intact/metrics/drawing/histogram_picture.hpp"
#include "intact/metrics/drawing/html_table.hpp"
#include "intact/metrics/drawing/numbers.hpp"
#include "intact/metrics/drawing/page.hpp"
#include "intact/metrics/drawing/svg.hpp"
#include "intact/metrics/drawing/text_table.hpp"

namespace example {

using intact::drawing::Axis;
using intact::drawing::document;
using intact::drawing::either;
using intact::drawing::escape;
using intact::drawing::figure;
using intact::drawing::fixed;
using intact::drawing::full_width;
using intact::drawing::grouped;
using intact::drawing::half_width;
using intact::drawing::HistogramPicture;
using intact::drawing::HtmlTable;
using intact::drawing::Look;
using intact::drawing::Mark;
using intact::drawing::per_cent;
using intact::drawing::Place;
using intact::drawing::Point;
using intact::drawing::round_ticks;
using intact::drawing::significant;
using intact::drawing::spread;
using intact::drawing::Svg;
using intact::drawing::TextTable;
using intact::drawing::Ticks;
using intact::drawing::tile;
using intact::drawing::without_gaps;

}  // namespace example
