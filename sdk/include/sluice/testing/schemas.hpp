// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/abi/data.h"
#include "sluice/text.hpp"

namespace sluice::testing {

// Schemas of a fake host: made by the builder table, compared by pointer, alive until it ends.
class schema_store {
public:
  struct entry {
    std::uint64_t id = next_id();
    std::int32_t type = 0;
    bool optional = false;
    std::string name;
    std::int32_t version = 0;
    bool has_version = false;
    std::string doc;
    std::vector<std::pair<std::string, std::string>> parameters;
    std::vector<sluice_kv> parameter_views;
    std::deque<std::string> field_names;
    std::vector<sluice_field> fields;
    const sluice_schema *key = nullptr;
    const sluice_schema *value = nullptr;
  };

  const sluice_schema *primitive(std::int32_t type, bool optional) {
    for (const entry &known : entries_)
      if (known.type == type && known.optional == optional && known.name.empty() &&
          !known.has_version && known.fields.empty() && known.parameters.empty() &&
          type <= SLUICE_BYTES)
        return to_abi(known);
    entry made;
    made.type = type;
    made.optional = optional;
    return to_abi(entries_.emplace_back(std::move(made)));
  }

  const sluice_schema *build(const sluice_schema_def &def) {
    entry &made = entries_.emplace_back();
    made.type = def.type;
    made.optional = def.optional != 0;
    made.name = view(def.name);
    made.has_version = def.has_version != 0;
    made.version = def.version;
    made.doc = view(def.doc);
    for (std::size_t i = 0; i < def.n_parameters; ++i)
      made.parameters.emplace_back(view(def.parameters[i].key), view(def.parameters[i].value));
    for (const auto &[key, value] : made.parameters)
      made.parameter_views.push_back({v0::to_abi(key), v0::to_abi(value)});
    for (std::size_t i = 0; i < def.n_fields; ++i) {
      const std::string &name = made.field_names.emplace_back(view(def.fields[i].name));
      made.fields.push_back({v0::to_abi(name), def.fields[i].schema});
    }
    made.key = def.key_schema;
    made.value = def.value_schema;
    return to_abi(made);
  }

  // The reading table; works on the schemas of every store.
  static const sluice_schema_api *api() {
    static constexpr sluice_schema_api kApi{
        .struct_size = sizeof(sluice_schema_api),
        .type = [](const sluice_schema *s) { return of(s).type; },
        .optional = [](const sluice_schema *s) { return of(s).optional ? 1 : 0; },
        .name = [](const sluice_schema *s) { return absent_if_empty(of(s).name); },
        .version = [](const sluice_schema *s, std::int32_t *version) -> std::int32_t {
          *version = of(s).version;
          return of(s).has_version ? 1 : 0;
        },
        .doc = [](const sluice_schema *s) { return absent_if_empty(of(s).doc); },
        .parameters =
            [](const sluice_schema *s, const sluice_kv **first) {
              *first = of(s).parameter_views.data();
              return of(s).parameter_views.size();
            },
        .fields =
            [](const sluice_schema *s, const sluice_field **first) {
              *first = of(s).fields.data();
              return of(s).fields.size();
            },
        .key_schema = [](const sluice_schema *s) { return of(s).key; },
        .value_schema = [](const sluice_schema *s) { return of(s).value; },
        .default_value = [](const sluice_schema *) -> const sluice_datum * { return nullptr; },
        .id = [](const sluice_schema *s) { return of(s).id; }};
    return &kApi;
  }

private:
  static std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
  }
  static const sluice_schema *to_abi(const entry &e) {
    return static_cast<const sluice_schema *>(static_cast<const void *>(&e));
  }
  static const entry &of(const sluice_schema *schema) {
    return *static_cast<const entry *>(static_cast<const void *>(schema));
  }
  static sluice_str absent_if_empty(std::string_view text) {
    return text.empty() ? sluice_str{} : v0::to_abi(text);
  }

  std::deque<entry> entries_; // addresses stay
};

} // namespace sluice::testing
