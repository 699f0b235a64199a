// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/abi/config.h"
#include "sluice/detail/config_values.hpp"

// The key table of a connector. One `inline constexpr` object per key says everything about it:
// the host reads its definition from there, and `config` its type and default.
//
//   inline constexpr sluice::key<std::int32_t> kBatchSize{
//       .name = "batch.size",
//       .by_default = 2000,
//       .importance = sluice::importance::low,
//       .doc = "…"};
//   inline constexpr auto kKeys = sluice::keys<kFile, kTopic, kBatchSize>;
namespace sluice::inline v0 {

enum class importance : std::int32_t {
  high = SLUICE_IMPORTANCE_HIGH,
  medium = SLUICE_IMPORTANCE_MEDIUM,
  low = SLUICE_IMPORTANCE_LOW
};

enum class width : std::int32_t {
  none = SLUICE_WIDTH_NONE,
  narrow = SLUICE_WIDTH_SHORT,
  medium = SLUICE_WIDTH_MEDIUM,
  wide = SLUICE_WIDTH_LONG
};

// What a value must satisfy besides its type; made by the functions below.
using detail::rule;

constexpr rule at_least(std::int64_t min) {
  return {.kind = SLUICE_VALIDATOR_RANGE, .flags = SLUICE_RANGE_HAS_MIN, .min = min};
}
constexpr rule between(std::int64_t min, std::int64_t max) {
  return {.kind = SLUICE_VALIDATOR_RANGE,
          .flags = SLUICE_RANGE_HAS_MIN | SLUICE_RANGE_HAS_MAX,
          .min = min,
          .max = max};
}
constexpr rule non_empty() { return {.kind = SLUICE_VALIDATOR_NON_EMPTY}; }
template <std::convertible_to<std::string_view>... Texts> constexpr rule one_of(Texts... texts) {
  static_assert(sizeof...(Texts) <= rule::kMaxValues);
  return {.kind = SLUICE_VALIDATOR_ONE_OF,
          .values = {to_abi(std::string_view(texts))...},
          .n_values = sizeof...(Texts)};
}
// Java's regular expressions, matching the whole text. Checked by the host.
constexpr rule matching(std::string_view pattern) {
  return {.kind = SLUICE_VALIDATOR_PATTERN, .pattern = pattern};
}

// T is bool, std::int16_t, std::int32_t, std::int64_t, double, std::string,
// std::vector<std::string> or sluice::secret; or std::optional of one of them, for a key that is
// neither required nor has a default.
template <class T> struct key {
  using traits = detail::key_traits<T>;

  std::string_view name;
  // Lists and doubles give it as text.
  std::optional<typename traits::default_type> by_default = std::nullopt;
  v0::importance importance = v0::importance::medium;
  std::string_view doc = {};
  rule must_be = {};
  std::string_view group = {};
  std::int32_t order_in_group = 0;
  std::string_view display_name = {};
  v0::width width = v0::width::none;
};

namespace detail {

// The ABI's form of one key, made by the compiler.
template <const auto &Key> struct abi_key {
  using traits = typename std::remove_cvref_t<decltype(Key)>::traits;

  static constexpr default_text kDefault = text_of_default(Key.by_default);

  static constexpr sluice_validator kValidator{.struct_size = sizeof(sluice_validator),
                                               .kind = Key.must_be.kind,
                                               .flags = Key.must_be.flags,
                                               .min_int = Key.must_be.min,
                                               .max_int = Key.must_be.max,
                                               .min_double = static_cast<double>(Key.must_be.min),
                                               .max_double = static_cast<double>(Key.must_be.max),
                                               .values = Key.must_be.values.data(),
                                               .n_values = Key.must_be.n_values,
                                               .pattern = to_abi_or_absent(Key.must_be.pattern),
                                               .next = nullptr};

  static constexpr sluice_config_key kTable{
      .struct_size = sizeof(sluice_config_key),
      .name = to_abi(Key.name),
      .type = traits::abi_type,
      .importance = static_cast<std::int32_t>(Key.importance),
      .width = static_cast<std::int32_t>(Key.width),
      .order_in_group = Key.order_in_group,
      .default_value = kDefault.abi(),
      .doc = to_abi(Key.doc),
      .group = to_abi_or_absent(Key.group),
      .display_name = to_abi_or_absent(Key.display_name),
      .dependents = nullptr,
      .n_dependents = 0,
      .validator = Key.must_be.kind != 0 ? &kValidator : nullptr,
      .flags = traits::is_optional ? std::uint32_t{SLUICE_KEY_OPTIONAL} : 0U,
      .reserved = 0};
};

template <const auto &...Keys> struct abi_keys {
  static constexpr std::array<const sluice_config_key *, sizeof...(Keys)> kPointers{
      &abi_key<Keys>::kTable...};
};

} // namespace detail

// The table itself, in the order in which the keys are given.
template <const auto &...Keys>
inline constexpr sluice_config_def keys{.struct_size = sizeof(sluice_config_def),
                                        .keys = detail::abi_keys<Keys...>::kPointers.data(),
                                        .n_keys = sizeof...(Keys)};

} // namespace sluice::inline v0
