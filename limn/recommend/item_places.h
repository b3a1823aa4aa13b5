// ItemPlaces: where a few items stand in a list, found while a whole row is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "limn/core/check.h"
#include "limn/core/sparse.h"
#include "limn/core/types.h"

namespace limn {

// The places of `items` among all, so that the row of a matrix is searched for all of them in one
// pass: a load for each column, where a search for each item would mispredict its way.
class ItemPlaces {
 public:
  // Requires items < item_count, each of them once, and fewer than 65,535. O(item_count).
  ItemPlaces(std::span<const ItemIndex> items, std::size_t item_count)
      : place_(item_count, nowhere) {
    LIMN_CHECK(items.size() < nowhere);
    for (std::size_t i = 0; i < items.size(); ++i) {
      LIMN_CHECK(items[i] < item_count && place_[items[i]] == nowhere);
      place_[items[i]] = static_cast<Place>(i);
    }
  }

  // found(place, value) for each of the items that has an entry in `row`, in the row's order.
  template <typename Found>
  void find(SparseRow row, Found&& found) const {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Place place = place_[row.cols[i]];
      if (place != nowhere) found(std::size_t{place}, row.values[i]);
    }
  }

 private:
  using Place = std::uint16_t;  // a list is short, and the whole array stays in the first cache
  static constexpr Place nowhere = std::numeric_limits<Place>::max();

  std::vector<Place> place_;  // (item_count)
};

}  // namespace limn
