// A chart is as wide as asked for and as high as its rows need; the page scales it to its column.
// Labels stand in a column of their own at the left, values behind the marks, and a few grid lines
// at round numbers carry the scale: nothing has to be read off by colour alone.
#include "limn/engine/report_charts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "limn/core/check.h"
#include "limn/core/utf8.h"

namespace limn {
namespace {

constexpr double chart_width = whole_width;
constexpr double row_height = 26;
constexpr double axis_height = 26;
constexpr double character_width = 7;  // of a label at 13 units, on average
constexpr double value_room = 62;      // behind the longest mark

// Round numbers from `low` to `high`: steps of 1, 2 or 5 times a power of ten, about `wanted`.
std::vector<double> ticks(double low, double high, int wanted) {
  const double raw = (high - low) / wanted;
  if (!(raw > 0)) return {low};
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= raw * (1 - 1e-9)) step = factor * power;
  }
  std::vector<double> made;
  for (double tick = std::ceil(low / step - 1e-9) * step; tick <= high + step * 1e-9; tick += step)
    made.push_back(std::abs(tick) < step * 1e-9 ? 0 : tick);
  return made;
}

// From numbers to units.
struct Scale {
  double low = 0;
  double high = 1;
  double begin = 0;
  double end = chart_width;

  [[nodiscard]] double at(double value) const {
    const double share = high > low ? (value - low) / (high - low) : 0;
    return begin + share * (end - begin);
  }
};

// The column of the labels: as wide as the longest, but no more than four tenths of the chart.
double label_room(const std::vector<std::string>& labels, double width = chart_width) {
  std::size_t longest = 4;
  for (const std::string& label : labels) longest = std::max(longest, label.size());
  return std::min(0.4 * width, 12 + character_width * static_cast<double>(longest));
}

// A label cut to its column, at a boundary of characters: of long ones the end tells them apart.
std::string fitted(std::string_view label, double room) {
  const auto most = static_cast<std::size_t>(std::max(4.0, (room - 8) / character_width));
  if (label.size() <= most) return std::string(label);
  std::size_t begin = label.size() - most + 2;
  while (!is_boundary(label, begin)) ++begin;
  return "..." + std::string(label.substr(begin));
}

std::string open_svg(double height, std::string_view caption, double width = chart_width) {
  return fmt::format(
      "<svg class=\"chart\" viewBox=\"0 0 {} {:.0f}\" role=\"img\" aria-label=\"{}\">\n", width,
      height, html_escaped(caption));
}

std::string text_at(double x, double y, std::string_view classes, std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n", x, y, classes,
                     html_escaped(text));
}

// The label of a row, at the left of its mark; the whole of it shows on hovering.
std::string row_label(double end, double y, std::string_view classes, std::string_view label) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\"><title>{}</title>{}</text>\n",
                     end - 8, y + 4.5, classes, html_escaped(label),
                     html_escaped(fitted(label, end)));
}

std::string line_from(double x1, double y1, double x2, double y2, std::string_view classes) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n", x1, y1, x2,
      y2, classes);
}

// Grid lines with their numbers below, over `height` units of rows.
std::string vertical_grid(const Scale& scale, double height, int wanted) {
  std::string svg;
  for (const double tick : ticks(scale.low, scale.high, wanted)) {
    const double x = scale.at(tick);
    svg += line_from(x, 0, x, height, tick == 0 ? "axis" : "grid");
    svg += text_at(x, height + 17, "tick middle", number_text(tick));
  }
  return svg;
}

// Mark and interval of one value in a row.
std::string whisker(const Scale& scale, const Interval& interval, double y,
                    std::string_view color) {
  const double low = scale.at(interval.low);
  const double high = scale.at(interval.high);
  return line_from(low, y, high, y, fmt::format("whisker {}", color)) +
         line_from(low, y - 4, low, y + 4, fmt::format("whisker {}", color)) +
         line_from(high, y - 4, high, y + 4, fmt::format("whisker {}", color));
}

std::string dot(double x, double y, std::string_view color, std::string_view hint) {
  return fmt::format(
      "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4.5\" class=\"dot {}\"><title>{}</title></circle>\n",
      x, y, color, html_escaped(hint));
}

std::string interval_hint(std::string_view name, double value, const Interval& interval) {
  return fmt::format("{}: {} ({} to {})", name, number_text(value), number_text(interval.low),
                     number_text(interval.high));
}

std::string legend(const std::vector<Series>& series, double x) {
  std::string svg;
  for (const Series& one : series) {
    svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"9\" r=\"4.5\" class=\"dot c{}\"/>\n", x + 5,
                       one.color);
    svg += text_at(x + 14, 13.5, "label", one.name);
    x += 34 + character_width * static_cast<double>(one.name.size());
  }
  return svg;
}

Interval range_of(const std::vector<Series>& series) {
  Interval range{0, 0};
  for (const Series& one : series) {
    for (std::size_t i = 0; i < one.values.size(); ++i) {
      range.low = std::min({range.low, one.values[i], one.intervals[i].low});
      range.high = std::max({range.high, one.values[i], one.intervals[i].high});
    }
  }
  if (!(range.high > range.low)) range.high = range.low + 1;
  return range;
}

std::string line_of(const Series& series, const Scale& x, const Scale& y) {
  std::string points;
  std::string marks;
  const std::string color = fmt::format("c{}", series.color);
  // Each series a little beside the others, so that their intervals do not lie on one line.
  const double aside = 6 * (series.color - 2);
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    const double px = x.at(static_cast<double>(i)) + aside;
    const double py = y.at(series.values[i]);
    points += fmt::format("{}{:.1f},{:.1f}", i == 0 ? "" : " ", px, py);
    marks += line_from(px, y.at(series.intervals[i].low), px, y.at(series.intervals[i].high),
                       "whisker " + color);
    marks += dot(px, py, color, interval_hint(series.name, series.values[i], series.intervals[i]));
  }
  return fmt::format("<polyline points=\"{}\" class=\"line {}\"/>\n", points, color) + marks;
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint character = code_point_at(text, at);
    const std::string_view bytes = text.substr(at, character.bytes);
    at += character.bytes;
    if (!character.valid)
      escaped += '?';
    else if (is_invisible(character.code) || character.code == 0x2028 || character.code == 0x2029)
      escaped += ' ';
    else if (bytes == "&")
      escaped += "&amp;";
    else if (bytes == "<")
      escaped += "&lt;";
    else if (bytes == ">")
      escaped += "&gt;";
    else if (bytes == "\"")
      escaped += "&quot;";
    else if (bytes == "'")
      escaped += "&#39;";
    else
      escaped += bytes;
  }
  return escaped;
}

std::string number_text(double value, int digits) {
  if (!std::isfinite(value)) return "-";
  const double size = std::abs(value);
  if (size >= 1000) {
    std::string text = fmt::format("{:.0f}", size);
    for (std::size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, ",");
    return value < 0 ? "-" + text : text;
  }
  const int whole = size < 1 ? 0 : static_cast<int>(std::floor(std::log10(size))) + 1;
  std::string text = fmt::format("{:.{}f}", value, std::max(0, digits - whole));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string bar_chart(const std::vector<Bar>& bars, std::string_view caption, double width) {
  std::vector<std::string> labels;
  double highest = 0;
  for (const Bar& bar : bars) {
    labels.push_back(bar.label);
    highest = std::max({highest, bar.value, bar.interval ? bar.interval->high : 0});
  }
  const Scale scale{0, highest > 0 ? highest : 1, label_room(labels, width), width - value_room};
  const double height = row_height * static_cast<double>(bars.size());
  std::string svg = open_svg(height + axis_height, caption, width) +
                    vertical_grid(scale, height, width < chart_width ? 3 : 5);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const Bar& bar = bars[i];
    const double y = row_height * (static_cast<double>(i) + 0.5);
    const double length = std::max(0.0, scale.at(bar.value) - scale.begin);
    svg += row_label(scale.begin, y, bar.strong ? "label end strong" : "label end", bar.label);
    const Interval interval = bar.interval.value_or(Interval{bar.value, bar.value});
    svg += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"2\" "
        "class=\"bar{}\"><title>{}</title></rect>\n",
        scale.begin, y - 8, length, 16.0, bar.strong ? " strong" : "",
        html_escaped(interval_hint(bar.label, bar.value, interval)));
    if (bar.interval) svg += whisker(scale, *bar.interval, y, "ink");
    svg += text_at(scale.at(std::max(bar.value, interval.high)) + 8, y + 4.5, "value",
                   number_text(bar.value, 4));
  }
  return svg + "</svg>\n";
}

std::string line_chart(const std::vector<std::string>& places, const std::vector<Series>& series,
                       std::string_view caption) {
  constexpr double top = 34;
  constexpr double bottom = 260;
  for (const Series& one : series) LIMN_CHECK(one.values.size() == places.size());
  const Interval range = range_of(series);
  const Scale y{range.low, range.high, bottom, top};
  const Scale x{0, std::max(1.0, static_cast<double>(places.size()) - 1), 100, chart_width - 60};
  std::string svg = open_svg(bottom + axis_height, caption) + legend(series, 48);
  for (const double tick : ticks(range.low, range.high, 5)) {
    svg += line_from(48, y.at(tick), chart_width - 8, y.at(tick), tick == 0 ? "axis" : "grid");
    svg += text_at(42, y.at(tick) + 4.5, "tick end", number_text(tick));
  }
  for (std::size_t i = 0; i < places.size(); ++i)
    svg += text_at(x.at(static_cast<double>(i)), bottom + 19, "label middle", places[i]);
  for (const Series& one : series) svg += line_of(one, x, y);
  return svg + "</svg>\n";
}

std::string dot_chart(const std::vector<std::string>& places, const std::vector<Series>& series,
                      std::string_view caption) {
  constexpr double top = 28;
  constexpr double dot_gap = 11;
  for (const Series& one : series) LIMN_CHECK(one.values.size() == places.size());
  const Interval range = range_of(series);
  const Scale scale{range.low, range.high, label_room(places), chart_width - 16};
  const double row = dot_gap * static_cast<double>(series.size()) + 12;
  const double height = top + row * static_cast<double>(places.size());
  std::string svg = open_svg(height + axis_height, caption) + legend(series, scale.begin) +
                    fmt::format("<g transform=\"translate(0 {})\">\n", top) +
                    vertical_grid(scale, height - top, 6);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double begin = row * static_cast<double>(i);
    svg += row_label(scale.begin, begin + row / 2, "label end", places[i]);
    for (std::size_t s = 0; s < series.size(); ++s) {
      const double y = begin + 6 + dot_gap * (static_cast<double>(s) + 0.5);
      const std::string color = fmt::format("c{}", series[s].color);
      svg += whisker(scale, series[s].intervals[i], y, color);
      svg += dot(scale.at(series[s].values[i]), y, color,
                 interval_hint(series[s].name, series[s].values[i], series[s].intervals[i]));
    }
  }
  return svg + "</g>\n</svg>\n";
}

std::string forest_chart(const std::vector<Difference>& rows, std::string_view caption) {
  std::vector<std::string> labels;
  Interval range{0, 0};
  for (const Difference& row : rows) {
    labels.push_back(row.label);
    range.low = std::min(range.low, row.interval.low);
    range.high = std::max(range.high, row.interval.high);
  }
  const double room = 0.04 * std::max(range.high - range.low, 1e-9);
  const Scale scale{range.low - room, range.high + room, label_room(labels),
                    chart_width - value_room};
  const double height = row_height * static_cast<double>(rows.size());
  std::string svg = open_svg(height + axis_height, caption) + vertical_grid(scale, height, 6);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Difference& row = rows[i];
    const double y = row_height * (static_cast<double>(i) + 0.5);
    const bool sure = row.interval.high < 0 || row.interval.low > 0;
    const std::string_view color = sure ? "c1" : "muted";
    svg += row_label(scale.begin, y, "label end", row.label);
    svg += whisker(scale, row.interval, y, color);
    svg += dot(scale.at(row.value), y, color, interval_hint(row.label, row.value, row.interval));
    svg +=
        text_at(chart_width - value_room + 12, y + 4.5, "value", fmt::format("{:+.4f}", row.value));
  }
  return svg + "</svg>\n";
}

}  // namespace limn
