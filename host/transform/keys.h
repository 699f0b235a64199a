#pragma once

#include <string>
#include <string_view>

#include "host/config/key_builder.h"
#include "host/config/validators.h"

// Keys and checks that several transforms have.
namespace host::transform {

inline constexpr const char *kReplaceNull = "replace.null.with.default";

// `replace.null.with.default`.
config::KeyBuilder replace_null_key();
// `Empty list` for a list that is null or empty.
config::Validator non_empty_list();
// A list of names: at least one, none empty, none twice (KIP-1161).
inline config::Validator some_names() { return config::valid_list({.empty = false}); }

// As config::valid_regex, but a null is no regular expression either, in Java's words.
config::Validator java_regex();

// What Java says of `spec=:`, where Cast looks for a type that is not there.
inline constexpr std::string_view kNoTypeBehindColon = "Index 1 out of bounds for length 0";

// What Java says of a null for `renames`, which ReplaceField takes for a list.
inline constexpr std::string_view kNoRenames =
    "Cannot invoke \"java.util.List.iterator()\" because \"mappings\" is null";

// Java's String.split(":"): empty parts at the end are dropped.
config::List split_at_colons(const std::string &text);

} // namespace host::transform
