// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sluice/abi/ext/alter_offsets.h"
#include "sluice/config.hpp"
#include "sluice/errors.hpp"
#include "sluice/json_object.hpp"

// A say in changes of stored offsets that a user asks for over REST. A connector class that wants
// one has
//   static bool alter_offsets(const sluice::config &, const std::vector<sluice::offset_change> &)
// It throws where it refuses the change, and returns false where the connector keeps positions
// elsewhere that the user must change himself.
namespace sluice::inline v0 {

struct offset_change {
  std::optional<json_object> partition; // none: the user gave null
  std::optional<json_object> offset;    // none: the stored offset is removed
};

namespace detail {

inline std::optional<json_object> object_or_none(sluice_str text) {
  if (text.ptr == nullptr)
    return std::nullopt;
  return json_object::parse({text.ptr, text.len});
}

template <class Connector>
concept alters_offsets = requires(const config &settings,
                                  const std::vector<offset_change> &changes) {
  { Connector::alter_offsets(settings, changes) } -> std::same_as<bool>;
};

// The extension's table for a connector class.
template <alters_offsets Connector> class alter_offsets_border {
  static sluice_status alter(const sluice_host *host, const sluice_kv *entries, std::size_t n,
                             const sluice_offset_change *changes, std::size_t n_changes,
                             std::int32_t *complete, sluice_error *error) noexcept {
    return guard(host, error, [&] {
      std::vector<offset_change> wanted;
      for (std::size_t i = 0; i < n_changes; ++i)
        wanted.push_back({object_or_none(changes[i].partition), object_or_none(changes[i].offset)});
      *complete = Connector::alter_offsets(config(entries, n), wanted) ? 1 : 0;
    });
  }

public:
  static constexpr sluice_alter_offsets_vtbl kTable{
      .struct_size = sizeof(sluice_alter_offsets_vtbl), .alter_offsets = alter};
};

// What get_extension of a description gives for this class.
template <class Connector> const void *extension_of(sluice_str id) noexcept {
  if constexpr (alters_offsets<Connector>)
    if (id.ptr != nullptr && std::string_view(id.ptr, id.len) == SLUICE_ALTER_OFFSETS)
      return &alter_offsets_border<Connector>::kTable;
  return nullptr;
}

} // namespace detail
} // namespace sluice::inline v0
