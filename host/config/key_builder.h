#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "host/config/config_def.h"

namespace host::config {

// Writes a row of a definition: `required("topic", Type::String).high().doc("…")`. Without a
// default set at the start a key is required or its default is null.
class KeyBuilder {
public:
  KeyBuilder(std::string name, Type type, std::optional<Value> default_value) {
    key_.name = std::move(name);
    key_.type = type;
    key_.default_value = std::move(default_value);
  }

  KeyBuilder &high() { return importance(Importance::High); }
  KeyBuilder &medium() { return importance(Importance::Medium); }
  KeyBuilder &low() { return importance(Importance::Low); }
  KeyBuilder &importance(Importance importance) {
    key_.importance = importance;
    return *this;
  }
  KeyBuilder &doc(std::string text) {
    key_.documentation = std::move(text);
    return *this;
  }
  KeyBuilder &in(std::string group, std::int32_t order) {
    key_.group = std::move(group);
    key_.order_in_group = order;
    return *this;
  }
  KeyBuilder &shown(Width width, std::string display_name) {
    key_.width = width;
    key_.display_name = std::move(display_name);
    return *this;
  }
  KeyBuilder &check(Validator validator) {
    key_.validator = std::move(validator);
    return *this;
  }
  KeyBuilder &recommend(Recommender recommender) {
    key_.recommender = std::move(recommender);
    return *this;
  }
  operator ConfigKey() const { return key_; }

private:
  ConfigKey key_;
};

inline KeyBuilder required(std::string name, Type type) {
  return KeyBuilder(std::move(name), type, std::nullopt);
}
// The default is null: the key may be left out.
inline KeyBuilder nullable(std::string name, Type type) {
  return KeyBuilder(std::move(name), type, Value());
}
inline KeyBuilder with_default(std::string name, Type type, Value value) {
  return KeyBuilder(std::move(name), type, std::move(value));
}
inline KeyBuilder flag(std::string name, bool value) {
  return with_default(std::move(name), Type::Boolean, Value(value));
}
inline KeyBuilder text(std::string name, std::string value) {
  return with_default(std::move(name), Type::String, Value(std::move(value)));
}
inline KeyBuilder number(std::string name, Type type, std::int64_t value) {
  return with_default(std::move(name), type, Value(value));
}
inline KeyBuilder list(std::string name, List value) {
  return with_default(std::move(name), Type::List, Value(std::move(value)));
}

// Adds rows of one group, numbering them.
class KeyGroup {
public:
  KeyGroup(ConfigDef &def, std::string name) : def_(def), name_(std::move(name)) {}
  KeyGroup &operator<<(KeyBuilder key) {
    def_.define(key.in(name_, ++order_));
    return *this;
  }

private:
  ConfigDef &def_;
  std::string name_;
  std::int32_t order_ = 0;
};

} // namespace host::config
