#include "host/config/connector_config.h"

#include <algorithm>

#include "host/config/chain_keys.h"
#include "host/config/error_keys.h"
#include "host/config/key_builder.h"
#include "host/config/version_range.h"

namespace host::config {
namespace {

// One of the three converters of a connector: what differs between their two rows.
struct ConverterRole {
  std::string kind;      // `key`
  std::string title;     // `Key converter`
  std::string interface; // `Converter`
  std::string_view suffix;
  const std::vector<PluginName> &known;
  const std::string &worker_class;
  std::string documentation;
  std::int32_t order;
};

constexpr std::string_view kInstead =
    " of this connector, by class name or alias, instead of the worker's; its own settings go "
    "behind this key and a dot.";

std::string converter_doc(std::string_view what) {
  return std::string("The converter for ").append(what).append(kInstead);
}

Value newest(const std::vector<std::string> &versions) {
  return versions.empty() ? Value() : Value(versions.back());
}

// A key about a class's version is of use only if there is such a class.
Recommender offering(std::vector<std::string> versions) {
  return [versions = std::move(versions)](const Values &) {
    return Recommendation{versions, !versions.empty()};
  };
}

// The same for the class that another key names.
Recommender offering_versions(const std::vector<PluginName> &plugins, std::string class_key) {
  return [plugins, class_key = std::move(class_key)](const Values &parsed) {
    std::vector<std::string> versions;
    if (!parsed.is_null("connector.class"))
      versions = versions_of(plugins, parsed.text(class_key));
    const bool any = !versions.empty();
    return Recommendation{std::move(versions), any};
  };
}

std::vector<std::string> class_names(const std::vector<PluginName> &plugins) {
  std::vector<std::string> names;
  for (const PluginName &plugin : plugins)
    if (names.empty() || names.back() != plugin.class_name)
      names.push_back(plugin.class_name);
  return names;
}

Validator one_of_classes(const std::vector<PluginName> &plugins, std::string interface) {
  return [names = class_names(plugins), interface](std::string_view, const Value &value) {
    const auto *name = std::get_if<std::string>(&value);
    std::optional<std::string> complaint;
    if (name != nullptr && std::find(names.begin(), names.end(), *name) == names.end())
      complaint = "Class class " + *name + " does not implement the " + interface + " interface";
    return complaint;
  };
}

Recommender offering_classes(const std::vector<PluginName> &plugins) {
  return [names = class_names(plugins)](const Values &) { return Recommendation{names, true}; };
}

void define_converter(ConfigDef &def, const ConverterRole &role, const StringMap &config) {
  const std::string key = role.kind + ".converter";
  std::vector<std::string> versions;
  if (config.contains("connector.class")) {
    const std::string *given = config.find(key);
    const auto name = given != nullptr ? find_class(role.known, *given, role.suffix)
                                       : std::optional(role.worker_class);
    if (name)
      versions = versions_of(role.known, *name);
  }
  def.define(with_default(key, Type::Class, role.worker_class)
                 .low()
                 .doc(role.documentation)
                 .in("Common", role.order)
                 .shown(Width::Short, role.title + " class")
                 .check(one_of_classes(role.known, role.interface))
                 .recommend(offering_classes(role.known)));
  std::string title = role.title;
  title[0] = static_cast<char>(title[0] | 0x20);
  def.define(with_default(key + ".plugin.version", Type::String, newest(versions))
                 .low()
                 .doc("Version of the " + title + ".")
                 .in("Common", role.order + 1)
                 .shown(Width::Short, role.title + " version")
                 .check(version_range())
                 .recommend(offering_versions(role.known, key)));
}

void define_converters(ConfigDef &def, const DefinitionContext &context, const StringMap &config) {
  define_converter(def,
                   {"key", "Key converter", "Converter", kConverterSuffix, context.converters,
                    context.key_converter, converter_doc("keys"), 6},
                   config);
  define_converter(def,
                   {"value", "Value converter", "Converter", kConverterSuffix, context.converters,
                    context.value_converter, converter_doc("values"), 8},
                   config);
  define_converter(def,
                   {"header", "Header converter", "HeaderConverter", kHeaderConverterSuffix,
                    context.header_converters, context.header_converter,
                    converter_doc("header values"), 10},
                   config);
}

void define_identity(ConfigDef &def, const DefinitionContext &context) {
  def.define(required("name", Type::String)
                 .high()
                 .doc("What the connector is called: unique in the cluster, part of its "
                      "REST path and of its consumer group.")
                 .in("Common", 1)
                 .shown(Width::Medium, "Connector name")
                 .check(non_empty_without_control_chars()));
  def.define(required("connector.class", Type::String)
                 .high()
                 .doc("Which connector to run: a full class name, its simple name, or "
                      "that without Connector at the end, as in FileStreamSink.")
                 .in("Common", 2)
                 .shown(Width::Long, "Connector class"));
  def.define(
      with_default("connector.plugin.version", Type::String, newest(context.connector_versions))
          .medium()
          .doc("Which version of the connector class to use, when there are "
               "several; a range is allowed.")
          .in("Common", 3)
          .shown(Width::Medium, "Connector version")
          .check(version_range())
          .recommend(offering(context.connector_versions)));
  def.define(number("tasks.max", Type::Int, 1)
                 .high()
                 .doc("The connector is asked for at most this many tasks.")
                 .in("Common", 4)
                 .shown(Width::Short, "Tasks max")
                 .check(at_least(std::int64_t{1})));
  def.define(flag("tasks.max.enforce", true)
                 .low()
                 .doc("Whether a connector that makes more tasks than tasks.max fails "
                      "(true) or is only warned about (false). Deprecated.")
                 .in("Common", 5)
                 .shown(Width::Short, "Enforce tasks max"));
}

void define_reload(ConfigDef &def) {
  def.define(text("config.action.reload", "restart")
                 .low()
                 .doc("What happens when a value that came from a config provider "
                      "changes or expires: restart restarts the connector, none does "
                      "nothing.")
                 .in("Common", 14)
                 .shown(Width::Medium, "Reload Action")
                 .check(one_of({"none", "restart"})));
}

ConfigDef connector_def(const DefinitionContext &context, const StringMap &config) {
  ConfigDef def;
  def.resolve_with(any_class(context));
  define_identity(def, context);
  define_converters(def, context, config);
  define_chain_lists(def);
  define_reload(def);
  define_error_keys(def);
  return def;
}

void define_source_keys(ConfigDef &def) {
  def.define(list("topic.creation.groups", {})
                 .low()
                 .doc("Names for groups of topics that this connector may create, each "
                      "with its settings behind topic.creation.NAME.")
                 .in("Topic Creation", 1)
                 .shown(Width::Long, "Topic Creation Groups")
                 .check(unique_aliases()));
  def.define(text("exactly.once.support", "requested")
                 .medium()
                 .doc("With required, the connector is refused unless it and the worker "
                      "can write each record exactly once; with requested nothing is "
                      "checked.")
                 .in("Exactly Once Support", 2)
                 .shown(Width::Short, "Exactly once support")
                 .check(one_of_nocase({"REQUIRED", "REQUESTED"})));
  def.define(text("transaction.boundary", "poll")
                 .medium()
                 .doc("When a transaction ends, if records are written exactly once: "
                      "with each poll, at an interval, or where the connector says.")
                 .in("Exactly Once Support", 3)
                 .shown(Width::Short, "Transaction Boundary")
                 .check(one_of_nocase({"INTERVAL", "POLL", "CONNECTOR"})));
  def.define(nullable("transaction.boundary.interval.ms", Type::Long)
                 .low()
                 .doc("The interval between transactions when transaction.boundary is "
                      "interval; offset.flush.interval.ms of the worker if not set.")
                 .in("Exactly Once Support", 4)
                 .shown(Width::Short, "Transaction boundary interval")
                 .check(null_or_at_least(0)));
  def.define(nullable("offsets.storage.topic", Type::String)
                 .low()
                 .doc("A topic for the offsets of this connector alone, created if "
                      "missing; without it they go to the worker's. Of no effect on a "
                      "standalone worker.")
                 .in("offsets.topic", 1)
                 .shown(Width::Long, "Offsets topic")
                 .check(non_empty()));
}

void define_sink_keys(ConfigDef &def) {
  def.define(list("topics", {})
                 .high()
                 .doc("The topics to read, separated by commas.")
                 .in("Common", 4)
                 .shown(Width::Long, "Topics")
                 .check(valid_list()));
  def.define(text("topics.regex", "")
                 .high()
                 .doc("A regular expression in Java's syntax; all topics whose whole "
                      "name matches are read. Only one of this and topics may be set.")
                 .in("Common", 4)
                 .shown(Width::Long, "Topics regex")
                 .check(valid_regex()));
  define_dead_letter_keys(def);
}

} // namespace

ConfigDef source_connector_def(const DefinitionContext &context, const StringMap &config) {
  ConfigDef def = connector_def(context, config);
  define_source_keys(def);
  define_chain_aliases(def, context, config);
  return def;
}

ConfigDef sink_connector_def(const DefinitionContext &context, const StringMap &config) {
  ConfigDef def = connector_def(context, config);
  define_sink_keys(def);
  define_chain_aliases(def, context, config);
  return def;
}

} // namespace host::config
