#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/types.h"

namespace host::config {

// Says what is wrong with a value of a key, as the whole message; nothing if it is fine. Called
// also with Null after a parse error: one bad key may carry two messages (contract 10.5).
using Validator =
    std::function<std::optional<std::string>(std::string_view key, const Value &value)>;

Validator at_least(std::int64_t min);
Validator between(std::int64_t min, std::int64_t max);
Validator at_least(double min);
Validator between(double min, double max);
// Null passes, else as at_least(0).
Validator null_or_at_least(std::int64_t min);
Validator one_of(std::vector<std::string> values);
// The message lists the values in the order given, which is a Java hash set's.
Validator one_of_nocase(std::vector<std::string> values);
Validator non_null();
Validator non_empty();
// A connector's name: not empty, no control characters; names like `a/b {x}` are fine.
Validator non_empty_without_control_chars();
// A list of aliases without repetition.
Validator unique_aliases();
// KIP-1161's list rules: no repetition, no empty items; `empty` and `null` say what else may be.
struct ListRules {
  bool empty = true;
  bool null = false;
};
Validator valid_list(ListRules rules = {});
// A regular expression in Java's syntax.
Validator valid_regex();
// A Maven version or version range.
Validator version_range();
Validator all_of(std::vector<Validator> validators);

} // namespace host::config
