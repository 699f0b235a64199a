#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "host/plugin/call.h"
#include "host/plugin/tables.h"

// The plugin's key table as plain data. Enums of the ABI and of Descriptor have the same numbers.
namespace host::plugin {
namespace {

constexpr std::size_t kMaxKeys = 4096;
constexpr std::size_t kMaxValidators = 64; // of one key; a chain that bites its tail ends here

static_assert(static_cast<int>(KeyType::Boolean) == SLUICE_CONFIG_BOOLEAN);
static_assert(static_cast<int>(KeyType::String) == SLUICE_CONFIG_STRING);
static_assert(static_cast<int>(KeyType::Int) == SLUICE_CONFIG_INT);
static_assert(static_cast<int>(KeyType::Short) == SLUICE_CONFIG_SHORT);
static_assert(static_cast<int>(KeyType::Long) == SLUICE_CONFIG_LONG);
static_assert(static_cast<int>(KeyType::Double) == SLUICE_CONFIG_DOUBLE);
static_assert(static_cast<int>(KeyType::List) == SLUICE_CONFIG_LIST);
static_assert(static_cast<int>(KeyType::Class) == SLUICE_CONFIG_CLASS);
static_assert(static_cast<int>(KeyType::Password) == SLUICE_CONFIG_PASSWORD);
static_assert(static_cast<int>(Importance::High) == SLUICE_IMPORTANCE_HIGH);
static_assert(static_cast<int>(Importance::Low) == SLUICE_IMPORTANCE_LOW);
static_assert(static_cast<int>(Width::None) == SLUICE_WIDTH_NONE);
static_assert(static_cast<int>(Width::Long) == SLUICE_WIDTH_LONG);
static_assert(static_cast<int>(Validator::Kind::Range) == SLUICE_VALIDATOR_RANGE);
static_assert(static_cast<int>(Validator::Kind::OneOf) == SLUICE_VALIDATOR_ONE_OF);
static_assert(static_cast<int>(Validator::Kind::OneOfNoCase) == SLUICE_VALIDATOR_ONE_OF_NOCASE);
static_assert(static_cast<int>(Validator::Kind::NonEmpty) == SLUICE_VALIDATOR_NON_EMPTY);
static_assert(static_cast<int>(Validator::Kind::NonNull) == SLUICE_VALIDATOR_NON_NULL);
static_assert(static_cast<int>(Validator::Kind::Pattern) == SLUICE_VALIDATOR_PATTERN);

// The numbers 1 … last are known; zero is the plugin's "not given" where a fallback exists.
template <class Enum>
Result<Enum> enum_of(std::int32_t number, Enum last, std::string_view what,
                     std::optional<Enum> fallback = std::nullopt) {
  if (number == 0 && fallback)
    return *fallback;
  if (number < 1 || number > static_cast<std::int32_t>(last))
    return fail(Code::Config, fmt::format("{} {} is not known", what, number));
  return static_cast<Enum>(number);
}

std::vector<std::string> strings(const sluice_str *first, std::size_t n) {
  std::vector<std::string> result;
  for (std::size_t i = 0; first != nullptr && i < n; ++i)
    result.emplace_back(view(first[i]));
  return result;
}

void read_bounds(const sluice_validator &from, KeyType type, Validator &to) {
  const bool has_min = (from.flags & SLUICE_RANGE_HAS_MIN) != 0;
  const bool has_max = (from.flags & SLUICE_RANGE_HAS_MAX) != 0;
  if (type == KeyType::Double) {
    if (has_min)
      to.min_real = from.min_double;
    if (has_max)
      to.max_real = from.max_double;
    return;
  }
  if (has_min)
    to.min = from.min_int;
  if (has_max)
    to.max = from.max_int;
}

Result<std::vector<Validator>> read_validators(const sluice_validator *from, KeyType type,
                                               const std::string &owner) {
  std::vector<Validator> validators;
  for (std::size_t i = 0; from != nullptr; ++i) {
    if (i == kMaxValidators)
      return fail(Code::Config, owner + ": its chain of validators does not end");
    HOST_ASSIGN(const auto copy, copy_growable(from, owner + ": a validator"));
    from = copy.next;
    // One that this host does not know counts as passed (sluice/abi/config.h).
    if (copy.kind < SLUICE_VALIDATOR_RANGE || copy.kind > SLUICE_VALIDATOR_PATTERN)
      continue;
    Validator validator;
    validator.kind = static_cast<Validator::Kind>(copy.kind);
    if (validator.kind == Validator::Kind::Range)
      read_bounds(copy, type, validator);
    validator.values = strings(copy.values, copy.n_values);
    validator.pattern = view(copy.pattern);
    validators.push_back(std::move(validator));
  }
  return validators;
}

Result<KeyDef> read_key(const sluice_config_key &from, const std::string &owner) {
  KeyDef key;
  key.name = view(from.name);
  const std::string where = fmt::format("{}: key '{}'", owner, key.name);
  HOST_ASSIGN(key.type, enum_of(from.type, KeyType::Password, where + ": type"));
  HOST_ASSIGN(key.importance, enum_of(from.importance, Importance::Low, where + ": importance"));
  HOST_ASSIGN(key.width, enum_of<Width>(from.width, Width::Long, where + ": width", Width::None));
  key.order_in_group = from.order_in_group;
  if (from.default_value.ptr != nullptr)
    key.default_value = view(from.default_value);
  key.optional = (from.flags & SLUICE_KEY_OPTIONAL) != 0;
  key.internal = (from.flags & SLUICE_KEY_INTERNAL) != 0;
  key.doc = view(from.doc);
  key.group = view(from.group);
  key.display_name = from.display_name.ptr != nullptr ? view(from.display_name) : key.name;
  key.dependents = strings(from.dependents, from.n_dependents);
  HOST_ASSIGN(key.validators, read_validators(from.validator, key.type, where));
  return key;
}

} // namespace

Result<std::vector<KeyDef>> read_config_def(const sluice_config_def *from,
                                            const std::string &owner) {
  HOST_ASSIGN(const auto def, copy_growable(from, owner + ": the config definition"));
  if (def.n_keys > kMaxKeys || (def.n_keys > 0 && def.keys == nullptr))
    return fail(Code::Config,
                fmt::format("{}: the config definition speaks of {} keys and has {}", owner,
                            def.n_keys, def.keys == nullptr ? "none" : "too many"));
  std::vector<KeyDef> keys;
  for (std::size_t i = 0; i < def.n_keys; ++i) {
    HOST_ASSIGN(const auto copy,
                copy_growable(def.keys[i], fmt::format("{}: config key {}", owner, i)));
    if (copy.name.ptr == nullptr || copy.name.len == 0)
      return fail(Code::Config, fmt::format("{}: config key {} has no name", owner, i));
    HOST_ASSIGN(KeyDef key, read_key(copy, owner));
    if (std::any_of(keys.begin(), keys.end(), [&](const KeyDef &k) { return k.name == key.name; }))
      return fail(Code::Config, fmt::format("{}: key '{}' is defined twice", owner, key.name));
    keys.push_back(std::move(key));
  }
  return keys;
}

} // namespace host::plugin
