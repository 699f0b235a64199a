// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sluice/abi/data.h"
#include "sluice/text.hpp"

namespace sluice::inline v0 {

// Writes a structured value:
//
//   sluice::tape row;
//   row.begin_struct().integer(SLUICE_I64, id).text(name).null().end();
//
// Children follow their container until end(); a map takes key, value, key, value. Text is
// borrowed: it must live as long as the batch (see records::keep).
class tape {
public:
  tape &null() { return put(SLUICE_NULL); }
  tape &boolean(bool value) {
    put(SLUICE_BOOL).cells_.back().u.i = value ? 1 : 0;
    return *this;
  }
  // `type` is SLUICE_I8 to SLUICE_I64.
  tape &integer(std::int32_t type, std::int64_t value) {
    put(type).cells_.back().u.i = value;
    return *this;
  }
  // `type` is SLUICE_F32 or SLUICE_F64.
  tape &floating(std::int32_t type, double value) {
    put(type).cells_.back().u.d = value;
    return *this;
  }
  tape &text(std::string_view value) { return payload(SLUICE_STRING, value); }
  tape &bytes(std::string_view value) { return payload(SLUICE_BYTES, value); }

  tape &begin_array() { return open(SLUICE_ARRAY); }
  tape &begin_map() { return open(SLUICE_MAP); }
  tape &begin_struct() { return open(SLUICE_STRUCT); }
  tape &end() {
    sluice_cell &container = cells_[open_.back()];
    container.u.skip = cells_.size() - open_.back();
    if (container.type == SLUICE_MAP)
      container.n /= 2;
    open_.pop_back();
    return *this;
  }

  const std::vector<sluice_cell> &cells() const noexcept { return cells_; }
  void clear() noexcept {
    cells_.clear();
    open_.clear();
  }

private:
  tape &put(std::int32_t type) {
    if (!open_.empty())
      ++cells_[open_.back()].n;
    cells_.push_back(
        {.type = static_cast<std::uint8_t>(type), .flags = 0, .aux = 0, .n = 0, .u = {}});
    return *this;
  }
  tape &payload(std::int32_t type, std::string_view value) {
    put(type);
    cells_.back().n = static_cast<std::uint32_t>(value.size());
    cells_.back().u.p = reinterpret_cast<const std::uint8_t *>(to_abi(value).ptr);
    return *this;
  }
  tape &open(std::int32_t type) {
    put(type);
    open_.push_back(cells_.size() - 1);
    return *this;
  }

  std::vector<sluice_cell> cells_;
  std::vector<std::size_t> open_;
};

} // namespace sluice::inline v0
