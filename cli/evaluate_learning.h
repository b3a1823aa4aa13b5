// What `limn evaluate` does beside splits: replay, reactions, off-policy estimates, satisfaction.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "cli/command.h"
#include "limn/core/result.h"

namespace limn::cli {

struct LearningArguments {
  bool replay = false;
  int days_between_builds = 1;
  std::size_t reactions = 0;  // of so many users
  bool satisfaction = false;
  std::string off_policy;  // the log to estimate from
  std::string target;      // the log of the policy whose value is asked
  double clip = 0;

  [[nodiscard]] bool asked() const {
    return replay || reactions > 0 || satisfaction || !off_policy.empty();
  }
};

void add_learning_options(CLI::App& command, LearningArguments& arguments);

// Requires arguments.asked(). `data` and `k` are the command's own.
[[nodiscard]] Result<void> evaluate_learning(const LearningArguments& arguments,
                                             const std::string& data, std::size_t k,
                                             const Program& program);

}  // namespace limn::cli
