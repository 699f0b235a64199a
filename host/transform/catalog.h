#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.h"
#include "host/config/config_def.h"
#include "host/config/connector_config.h"
#include "host/config/plugin_names.h"
#include "host/data/schema_pool.h"
#include "host/transform/transform.h"

namespace host::transform {

// What a transform works on; Record for those without Key and Value variants.
enum class Part : std::uint8_t { Key = 1, Value, Record };

// One transform or predicate: its page. The tables that validate are those that documentation and
// REST answers are made of.
struct TransformPage {
  std::string_view name;    // `Cast`
  std::string_view summary; // one or two sentences for the reference
  bool has_parts;           // whether it comes as `$Key` and `$Value`
  const config::ConfigDef &(*keys)();
  // From values that `keys()` accepted. Errors are what Java's configure() throws.
  Result<std::unique_ptr<Transform>> (*make)(const config::Values &values, Part part,
                                             data::SchemaPool &pool);
};

struct PredicatePage {
  std::string_view name; // `HasHeaderKey`
  std::string_view summary;
  const config::ConfigDef &(*keys)();
  Result<std::unique_ptr<Predicate>> (*make)(const config::Values &values);
};

// All pages by name.
std::span<const TransformPage *const> transform_pages();
std::span<const PredicatePage *const> predicate_pages();

// The classes that configurations name, sorted by class name, each of version 4.3.0: 26 of
// transforms, 3 of predicates.
const std::vector<config::PluginName> &transformations();
const std::vector<config::PluginName> &predicates();
// Makes them known to host/config's definitions, with their keys.
void offer_to(config::DefinitionContext &context);

// The page of a full class name, and the part that it names; null if there is none.
const TransformPage *find_transform(std::string_view class_name, Part &part);
const PredicatePage *find_predicate(std::string_view class_name);
// The keys of a transform or predicate by full class name; null if there is none.
const config::ConfigDef *keys_of(std::string_view class_name);

} // namespace host::transform
