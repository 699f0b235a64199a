#include "host/herder/plugins.h"

#include <algorithm>
#include <utility>

#include "host/config/connector_config.h"
#include "host/config/plugin_names.h"
#include "host/config/version_range.h"
#include "host/herder/plugin_definition.h"
#include "host/transform/catalog.h"

namespace host::herder {
namespace {

using plugin::CatalogEntry;
using Entries = std::vector<const CatalogEntry *>;

std::string described(const CatalogEntry &entry) {
  const plugin::Descriptor &d = entry.descriptor;
  const std::string kind(plugin::name_of(d.kind));
  return "PluginDesc{klass=class " + d.class_name + ", name='" + d.class_name + "', version='" +
         d.version + "', encodedVersion=" + d.version + ", type=" + kind + ", typeName='" + kind +
         "', location='" + entry.path + "'}";
}

std::string described(const Entries &entries) {
  std::string text;
  for (const CatalogEntry *entry : entries) {
    if (!text.empty())
      text += ", ";
    text += described(*entry);
  }
  return text;
}

bool older(const CatalogEntry &a, const CatalogEntry &b) {
  return config::compare_versions(a.descriptor.version, b.descriptor.version) < 0;
}

Result<CatalogEntry> highest_in(const Entries &versions, const std::string &range) {
  const auto wanted = config::VersionRange::parse(range);
  if (!wanted)
    return fail(Code::BadRequest, "Invalid version specification: " + range);
  const CatalogEntry *best = nullptr;
  std::string available;
  for (const CatalogEntry *entry : versions) {
    available += (available.empty() ? "" : ", ") + entry->descriptor.version;
    if (wanted->contains(entry->descriptor.version) && (best == nullptr || older(*best, *entry)))
      best = entry;
  }
  if (best != nullptr)
    return *best;
  return fail(Code::BadRequest,
              config::no_version_in(versions.front()->descriptor.class_name, range, available));
}

void add_keys(std::vector<config::ConfigKey> &keys, const config::ConfigDef &definition) {
  for (const config::ConfigKey &key : definition.keys()) {
    const auto same = [&](const config::ConfigKey &known) { return known.name == key.name; };
    if (!key.internal && std::none_of(keys.begin(), keys.end(), same))
      keys.push_back(key);
  }
}

// What is built into the host, kind by kind.
struct BuiltIn {
  std::string type; // as REST calls it
  std::string_view suffix;
  const std::vector<config::PluginName> &classes;
};
std::vector<BuiltIn> built_in() {
  return {
      {"transformation", config::kTransformationSuffix, transform::transformations()},
      {"predicate", config::kPredicateSuffix, transform::predicates()},
      {"converter", config::kConverterSuffix, config::builtin_converters()},
      {"header_converter", config::kHeaderConverterSuffix, config::builtin_header_converters()}};
}

Status check_built_in_version(const std::string &class_name,
                              const std::optional<std::string> &range) {
  if (!range)
    return {};
  const auto wanted = config::VersionRange::parse(*range);
  if (!wanted)
    return fail(Code::BadRequest, "Invalid version specification: " + *range);
  if (wanted->contains(config::kConnectVersion))
    return {};
  return fail(Code::BadRequest, config::no_version_in(class_name, *range, config::kConnectVersion));
}

void add_built_in_keys(std::vector<config::ConfigKey> &keys, const std::string &class_name) {
  if (const config::ConfigDef *definition = transform::keys_of(class_name))
    add_keys(keys, *definition);
  else if (const auto converter = config::converter_def(class_name))
    add_keys(keys, *converter);
}

// The error of a name that is none of the kinds which have keys (contract 2.4 #25).
Error no_keys(const std::string &name) {
  static constexpr std::string_view kOtherKinds[] = {"All",  "None",      "Principal",
                                                     "File", "Directory", "EnvVar"};
  if (std::find(std::begin(kOtherKinds), std::end(kOtherKinds), name) != std::end(kOtherKinds))
    return Error(Code::BadRequest, "Invalid plugin class " + name +
                                       ". Valid types are sink, source, converter, "
                                       "header_converter, transformation, predicate.");
  return Error(Code::NotFound, "Unknown plugin " + name + ".");
}

} // namespace

struct Plugins::Sorted {
  std::shared_ptr<const plugin::CatalogEntries> kept;
  Entries entries;
};

// Sinks first, each kind by class name and version.
Plugins::Sorted Plugins::connectors() const {
  Sorted sorted{catalog_.entries(), {}};
  for (const CatalogEntry &entry : *sorted.kept)
    sorted.entries.push_back(&entry);
  std::stable_sort(sorted.entries.begin(), sorted.entries.end(), [](const auto *a, const auto *b) {
    if (a->descriptor.kind != b->descriptor.kind)
      return a->descriptor.kind < b->descriptor.kind;
    if (a->descriptor.class_name != b->descriptor.class_name)
      return a->descriptor.class_name < b->descriptor.class_name;
    return older(*a, *b);
  });
  return sorted;
}

Result<CatalogEntry> Plugins::connector(const std::string &name, const std::string *range) const {
  const Sorted all = connectors();
  Entries matches;
  for (const CatalogEntry *entry : all.entries)
    if (config::names_class(name, entry->descriptor.class_name, config::kConnectorSuffix))
      matches.push_back(entry);
  if (matches.empty())
    return fail(Code::NotFound,
                "Failed to find any class that implements Connector and which name matches " +
                    name + ", available connectors are: " + described(all.entries));
  const std::string &class_name = matches.front()->descriptor.class_name;
  const bool ambiguous = std::any_of(matches.begin(), matches.end(), [&](const auto *entry) {
    return entry->descriptor.class_name != class_name;
  });
  if (ambiguous)
    return fail(Code::NotFound,
                "More than one connector matches alias " + name +
                    ". Please use full package and class name instead. Classes found: " +
                    described(matches));
  return highest_in(matches, range != nullptr ? *range : "latest");
}

std::vector<std::string> Plugins::versions(std::string_view class_name) const {
  std::vector<std::string> versions;
  const Sorted all = connectors();
  for (const CatalogEntry *entry : all.entries)
    if (entry->descriptor.class_name == class_name)
      versions.push_back(entry->descriptor.version);
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  return versions;
}

std::vector<PluginInfo> Plugins::list(bool connectors_only) const {
  std::vector<PluginInfo> infos;
  const Sorted all = connectors();
  for (const CatalogEntry *entry : all.entries)
    infos.push_back({entry->descriptor.class_name,
                     std::string(plugin::name_of(entry->descriptor.kind)),
                     entry->descriptor.version});
  if (connectors_only)
    return infos;
  for (const BuiltIn &kind : built_in())
    for (const config::PluginName &name : kind.classes)
      infos.push_back({name.class_name, kind.type, name.version});
  return infos;
}

Result<std::vector<config::ConfigKey>>
Plugins::keys(const std::string &name, const std::optional<std::string> &range) const {
  std::vector<config::ConfigKey> keys;
  const auto found = connector(name, range ? &*range : nullptr);
  if (found) {
    const plugin::Descriptor &descriptor = found->descriptor;
    config::DefinitionContext context;
    context.connector_versions = versions(descriptor.class_name);
    add_keys(keys, definition_of(descriptor));
    add_keys(keys, descriptor.kind == plugin::Kind::Sink
                       ? config::sink_connector_def(context, {})
                       : config::source_connector_def(context, {}));
    for (config::ConfigKey &key : keys)
      if (key.name.ends_with(".converter")) // the worker's is no default of the definition
        key.default_value = config::Value();
    return keys;
  }
  if (found.error().code() != Code::NotFound) // known, but not in that version
    return fail(found.error());
  for (const BuiltIn &kind : built_in())
    if (const auto class_name = config::find_class(kind.classes, name, kind.suffix)) {
      HOST_TRY(check_built_in_version(*class_name, range));
      add_built_in_keys(keys, *class_name);
      return keys;
    }
  return fail(no_keys(name));
}

} // namespace host::herder
