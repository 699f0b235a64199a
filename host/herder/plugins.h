#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/config/config_def.h"
#include "host/herder/herder.h"
#include "host/plugin/catalog.h"

namespace host::herder {

// What a configuration or a REST path may name: the catalogue's connectors and what is built into
// the host. Stateless but for the catalogue; any thread.
class Plugins {
public:
  explicit Plugins(const plugin::Catalog &catalog) : catalog_(catalog) {}

  // By full, simple or pruned name (contract 10.4); of several versions the highest that `range`
  // admits. The errors' texts are Connect's (contract 2.2, 17·2): NotFound for an unknown or
  // ambiguous name, BadRequest for a version that is not there.
  Result<plugin::CatalogEntry> connector(const std::string &name,
                                         const std::string *range = nullptr) const;
  // The versions of a class, oldest first.
  std::vector<std::string> versions(std::string_view class_name) const;

  // In the order of GET /connector-plugins: sinks, sources, transformations, predicates,
  // converters, header converters, each by class name.
  std::vector<PluginInfo> list(bool connectors_only) const;

  // The keys of a plugin: a connector's own first, then the framework's.
  Result<std::vector<config::ConfigKey>> keys(const std::string &name,
                                              const std::optional<std::string> &range) const;

private:
  // The catalogue's entries in the order of list(), and what keeps them.
  struct Sorted;
  Sorted connectors() const;

  const plugin::Catalog &catalog_;
};

} // namespace host::herder
