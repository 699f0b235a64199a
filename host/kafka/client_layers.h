#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/config/types.h"
#include "host/kafka/client_config.h"
#include "host/kafka/client_keys.h"

namespace host::kafka {

bool is_producer(ClientKind kind);
bool is_consumer(ClientKind kind);

// One Java key in force, with its text (trimmed) and its parsed value.
struct JavaSetting {
  const ClientKey *key = nullptr;
  std::string text;
  config::Value value;
};

// The Java configuration of one client: layers of contract 5.5, later ones winning.
class JavaConfig {
public:
  // Fails on the first value that Java's client would refuse.
  static Result<JavaConfig> collect(const ClientSpec &spec);

  const std::vector<JavaSetting> &settings() const { return settings_; }
  // Keys that were given for this kind of client and are none of its keys.
  const std::vector<std::string> &unknown() const { return unknown_; }

  bool contains(std::string_view key) const { return find(key) != nullptr; }
  const JavaSetting *find(std::string_view key) const;
  // The value of a key of that type, or the fallback.
  std::string text(std::string_view key, std::string_view fallback = {}) const;
  std::int64_t number(std::string_view key, std::int64_t fallback) const;
  bool is_true(std::string_view key) const;

private:
  std::vector<JavaSetting> settings_;
  std::vector<std::string> unknown_;
};

} // namespace host::kafka
