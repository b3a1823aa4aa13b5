#include "limn/core/active_time.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "limn/core/check.h"
#include "limn/core/sorted.h"

namespace limn {

ActiveTime::ActiveTime(std::vector<Time> moments, Time now, double longest_pause_days)
    : moments_(std::move(moments)) {
  LIMN_CHECK(longest_pause_days > 0);
  sort_unique(moments_);
  ages_.resize(moments_.size());
  double age = 0;
  Time later = now;
  for (std::size_t i = moments_.size(); i-- > 0;) {
    age += std::clamp(days_between(moments_[i], later), 0.0, longest_pause_days);
    later = std::min(later, moments_[i]);
    ages_[i] = age;
  }
}

double ActiveTime::age_days(Time moment) const {
  const auto found = std::lower_bound(moments_.begin(), moments_.end(), moment);
  LIMN_CHECK(found != moments_.end() && *found == moment);
  return ages_[static_cast<std::size_t>(found - moments_.begin())];
}

Fading::Fading(std::vector<Time> moments, Time now, double half_life_days)
    : half_life_days_(half_life_days),
      active_(half_life_days > 0 ? std::move(moments) : std::vector<Time>(), now,
              half_life_days > 0 ? half_life_days : 1) {}

double Fading::kept(Time moment) const {
  return half_life_days_ > 0 ? std::exp2(-active_.age_days(moment) / half_life_days_) : 1;
}

}  // namespace limn
