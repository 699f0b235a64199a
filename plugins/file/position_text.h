#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "sluice/text.hpp"

namespace file {

// The source offset {"position":n} as text, made once per line and therefore without allocation.
class PositionText {
public:
  explicit PositionText(std::int64_t position) noexcept {
    std::memcpy(text_.data(), kBefore.data(), kBefore.size());
    char *end =
        std::to_chars(text_.data() + kBefore.size(), text_.data() + text_.size(), position).ptr;
    *end++ = '}';
    size_ = static_cast<std::size_t>(end - text_.data());
  }

  // Borrows.
  sluice_str abi() const noexcept { return {text_.data(), size_}; }

private:
  static constexpr std::string_view kBefore = "{\"position\":";
  static constexpr std::size_t kLongestNumber = 20;

  std::array<char, kBefore.size() + kLongestNumber + 1> text_;
  std::size_t size_;
};

} // namespace file
