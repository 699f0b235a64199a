// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::inline v0 {

// A password or token. It cannot be streamed, formatted or logged by accident: both overloads are
// deleted. `reveal` is the one way out, and easy to search for.
class secret {
public:
  secret() = default;
  explicit secret(std::string value) : value_(std::move(value)) {}

  std::string_view reveal() const noexcept { return value_; }
  bool empty() const noexcept { return value_.empty(); }

private:
  std::string value_;
};

std::ostream &operator<<(std::ostream &, const secret &) = delete;
void append_text(std::string &, const secret &) = delete;

} // namespace sluice::inline v0
