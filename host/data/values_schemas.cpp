// The schemas of what Values reads.
#include "host/data/values.h"

namespace host::data {
namespace {

constexpr std::size_t kRemembered = 1000; // of each kind

SchemaSpec logical(Type type, std::string_view name) {
  SchemaSpec spec;
  spec.type = type;
  spec.name = std::string(name);
  spec.version = 1;
  return spec;
}

template <class Map> void bound(Map &map) {
  if (map.size() >= kRemembered)
    map.clear();
}

} // namespace

ValuesParser::ValuesParser(SchemaPool &pool)
    : SchemaHolder(pool), pool_(pool),
      date_(pool.intern_lasting(logical(Type::Int32, kDateName)).value()),
      time_(pool.intern_lasting(logical(Type::Int32, kTimeName)).value()),
      timestamp_(pool.intern_lasting(logical(Type::Int64, kTimestampName)).value()) {}

void ValuesParser::forget_schemas() {
  decimals_.clear();
  arrays_.clear();
  maps_.clear();
}

// These specifications, as those above, cannot be refused.
const Schema *ValuesParser::interned(SchemaSpec spec) {
  return pool_.intern(std::move(spec)).value();
}

const Schema *ValuesParser::decimal_schema(std::int32_t scale) {
  if (const auto found = decimals_.find(scale); found != decimals_.end())
    return found->second;
  SchemaSpec spec = logical(Type::Bytes, kDecimalName);
  spec.parameters.emplace_back("scale", std::to_string(scale));
  bound(decimals_);
  return decimals_[scale] = interned(std::move(spec));
}

const Schema *ValuesParser::array_schema(const Schema *element) {
  if (const auto found = arrays_.find(element); found != arrays_.end())
    return found->second;
  SchemaSpec spec;
  spec.type = Type::Array;
  spec.value_schema = element;
  bound(arrays_);
  return arrays_[element] = interned(std::move(spec));
}

const Schema *ValuesParser::map_schema(const Schema *key, const Schema *value) {
  if (const auto found = maps_.find({key, value}); found != maps_.end())
    return found->second;
  SchemaSpec spec;
  spec.type = Type::Map;
  spec.key_schema = key;
  spec.value_schema = value;
  spec.of_null = true;
  bound(maps_);
  return maps_[{key, value}] = interned(std::move(spec));
}

} // namespace host::data
