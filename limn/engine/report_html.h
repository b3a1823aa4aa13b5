// Report: an evaluation as one HTML file that explains itself: no script, no network, light and
// dark.
#pragma once

#include <string>

#include "limn/engine/evaluate.h"

namespace limn {

struct HtmlReportOptions {
  std::string title;    // what was evaluated: a folder or a file
  std::string command;  // that made it, for whoever wants to do it again; may be empty
};

// The whole page. The same evaluation and options give the same bytes but for the seconds.
[[nodiscard]] std::string html_report(const Evaluation& evaluation,
                                      const HtmlReportOptions& options);

}  // namespace limn
