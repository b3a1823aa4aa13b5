// Charts: numbers as inline SVG, for a page that needs no script and no network.
//
// Colours are classes of the page's style, so that it decides on light and dark. Every text is
// escaped. Same numbers, same bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "limn/eval/intervals.h"

namespace limn {

// Text as it may stand in HTML and in its attributes: what would be markup is escaped, broken
// UTF-8 becomes "?", and invisible and bidirectional control characters become spaces.
[[nodiscard]] std::string html_escaped(std::string_view text);

// A value with so many significant digits, without a useless tail: "0.215", "12.3", "1,682".
[[nodiscard]] std::string number_text(double value, int digits = 3);

struct Bar {
  std::string label;
  double value = 0;
  std::optional<Interval> interval;
  bool strong = false;  // drawn in the accent's colour
};

// How wide a chart is drawn, in pixels of its text: one of half a column takes half.
inline constexpr double whole_width = 720;
inline constexpr double half_width = 400;

// Bars side by side from 0, their intervals as lines, each with its value. `caption` is read out
// in place of the picture. Labels that do not fit are cut; the whole one shows on hovering.
[[nodiscard]] std::string bar_chart(const std::vector<Bar>& bars, std::string_view caption,
                                    double width = whole_width);

// One thing measured at several places, as a line or as dots; `color` is 1 to 4.
struct Series {
  std::string name;
  int color = 1;
  std::vector<double> values;       // (places)
  std::vector<Interval> intervals;  // (places)
};

// Lines over places that stand in an order, with intervals. Requires series of as many values.
[[nodiscard]] std::string line_chart(const std::vector<std::string>& places,
                                     const std::vector<Series>& series, std::string_view caption);

// Dots with intervals, a row a place. Requires likewise.
[[nodiscard]] std::string dot_chart(const std::vector<std::string>& places,
                                    const std::vector<Series>& series, std::string_view caption);

// A difference and its interval, for a row of a forest plot.
struct Difference {
  std::string label;
  double value = 0;
  Interval interval;
};

// Differences around a line at 0: what crosses it may be chance.
[[nodiscard]] std::string forest_chart(const std::vector<Difference>& rows,
                                       std::string_view caption);

}  // namespace limn
