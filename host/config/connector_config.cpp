#include "host/config/connector_config.h"

#include <algorithm>

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

constexpr std::string_view kFormats =
    " class used to convert between Kafka Connect format and the serialized form that is written "
    "to Kafka. This controls the format of the ";
constexpr std::string_view kAnyFormat =
    " in messages written to or read from Kafka, and since this is independent of connectors it "
    "allows any connector to work with any serialization format. Examples of common formats "
    "include JSON and Avro.";

std::string converter_doc(std::string_view interface, std::string_view what) {
  return std::string(interface).append(kFormats).append(what).append(kAnyFormat);
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
                    context.key_converter, converter_doc("Converter", "keys"), 6},
                   config);
  define_converter(def,
                   {"value", "Value converter", "Converter", kConverterSuffix, context.converters,
                    context.value_converter, converter_doc("Converter", "values"), 8},
                   config);
  define_converter(def,
                   {"header", "Header converter", "HeaderConverter", kHeaderConverterSuffix,
                    context.header_converters, context.header_converter,
                    converter_doc("HeaderConverter", "header values") +
                        " By default, the SimpleHeaderConverter is used to serialize header values "
                        "to strings and deserialize them by inferring the schemas.",
                    10},
                   config);
}

// `transforms` or `predicates`: what the rows of their aliases are called.
struct AliasRole {
  std::string list_key;    // `transforms`
  std::string group;       // `Transforms`
  std::string title;       // `Transformation`
  std::string lower_title; // `transformation`
  std::string_view suffix;
  const std::vector<PluginName> &known;
};

// A transform that is to be negated needs a predicate; said at its type, as Connect does.
Validator negation_needs_predicate(const std::string &prefix, const StringMap &config,
                                   Validator others) {
  const bool dangling =
      config.contains(prefix + "negate") && !config.contains(prefix + "predicate");
  return [=](std::string_view key, const Value &value) {
    std::optional<std::string> complaint;
    if (dangling)
      complaint = "Config '" + prefix + "negate' was provided but there is no config '" + prefix +
                  "predicate' defining a predicate to be negated.";
    return complaint ? complaint : others(key, value);
  };
}

void define_aliases(ConfigDef &def, const AliasRole &role, const StringMap &config) {
  List done;
  for (const std::string &alias : parse_list(config.get(role.list_key))) {
    if (std::find(done.begin(), done.end(), alias) != done.end())
      continue;
    done.push_back(alias);
    const std::string prefix = role.list_key + "." + alias + ".";
    const std::string group = role.group + ": " + alias;
    const std::string what = " the '" + alias + "' " + role.lower_title + ".";
    const std::string *given = config.find(prefix + "type");
    const auto name = given != nullptr ? find_class(role.known, *given, role.suffix) : std::nullopt;
    const auto versions = name ? versions_of(role.known, *name) : std::vector<std::string>();
    def.define(
        required(prefix + "type", Type::Class)
            .high()
            .doc("Class for" + what)
            .in(group, 0)
            .shown(Width::Long, role.title + " type for " + alias)
            .check(negation_needs_predicate(prefix, config, one_of_classes(role.known, role.title)))
            .recommend(offering_classes(role.known)));
    def.define(with_default(prefix + "plugin.version", Type::String, newest(versions))
                   .high()
                   .doc("Version of" + what)
                   .in(group, 1)
                   .shown(Width::Long, role.title + " version for " + alias)
                   .check(version_range())
                   .recommend([versions](const Values &) {
                     return Recommendation{versions, true};
                   }));
  }
}

// Any class that the worker knows, whatever its kind: whether it fits is the validators' business.
ClassResolver resolver(const DefinitionContext &context) {
  return [context](std::string_view name) {
    auto found = find_class(context.converters, name, kConverterSuffix);
    if (!found)
      found = find_class(context.header_converters, name, kHeaderConverterSuffix);
    if (!found)
      found = find_class(context.transformations, name, kTransformationSuffix);
    return found ? found : find_class(context.predicates, name, kPredicateSuffix);
  };
}

void define_identity(ConfigDef &def, const DefinitionContext &context) {
  def.define(required("name", Type::String)
                 .high()
                 .doc("Globally unique name to use for this connector.")
                 .in("Common", 1)
                 .shown(Width::Medium, "Connector name")
                 .check(non_empty_without_control_chars()));
  def.define(required("connector.class", Type::String)
                 .high()
                 .doc("Name or alias of the class for this connector. Must be a subclass of "
                      "org.apache.kafka.connect.connector.Connector. If the connector is "
                      "org.apache.kafka.connect.file.FileStreamSinkConnector, you can either "
                      "specify this full name,  or use \"FileStreamSink\" or "
                      "\"FileStreamSinkConnector\" to make the configuration a bit shorter")
                 .in("Common", 2)
                 .shown(Width::Long, "Connector class"));
  def.define(
      with_default("connector.plugin.version", Type::String, newest(context.connector_versions))
          .medium()
          .doc("Version of the connector.")
          .in("Common", 3)
          .shown(Width::Medium, "Connector version")
          .check(version_range())
          .recommend(offering(context.connector_versions)));
  def.define(number("tasks.max", Type::Int, 1)
                 .high()
                 .doc("Maximum number of tasks to use for this connector.")
                 .in("Common", 4)
                 .shown(Width::Short, "Tasks max")
                 .check(at_least(std::int64_t{1})));
  def.define(
      flag("tasks.max.enforce", true)
          .low()
          .doc("(Deprecated) Whether to enforce that the tasks.max property is respected by the "
               "connector. By default, connectors that generate too many tasks will fail, and "
               "existing sets of tasks that exceed the tasks.max property will also be failed. If "
               "this property is set to false, then connectors will be allowed to generate more "
               "than the maximum number of tasks, and existing sets of tasks that exceed the "
               "tasks.max property will be allowed to run. This property is deprecated and will be "
               "removed in an upcoming major release.")
          .in("Common", 5)
          .shown(Width::Short, "Enforce tasks max"));
}

void define_chain(ConfigDef &def) {
  def.define(list("transforms", {})
                 .low()
                 .doc("Aliases for the transformations to be applied to records.")
                 .in("Transforms", 12)
                 .shown(Width::Long, "Transforms")
                 .check(unique_aliases()));
  def.define(list("predicates", {})
                 .low()
                 .doc("Aliases for the predicates used by transformations.")
                 .in("Predicates", 13)
                 .shown(Width::Long, "Predicates")
                 .check(unique_aliases()));
  def.define(text("config.action.reload", "restart")
                 .low()
                 .doc("The action that Connect should take on the connector when changes in "
                      "external configuration providers result in a change in the connector's "
                      "configuration properties. A value of 'none' indicates that Connect will do "
                      "nothing. A value of 'restart' indicates that Connect should restart/reload "
                      "the connector with the updated configuration properties.The restart may "
                      "actually be scheduled in the future if the external configuration provider "
                      "indicates that a configuration value will expire in the future.")
                 .in("Common", 14)
                 .shown(Width::Medium, "Reload Action")
                 .check(one_of({"none", "restart"})));
}

void define_error_handling(ConfigDef &def) {
  def.define(number("errors.retry.timeout", Type::Long, 0)
                 .medium()
                 .doc("The maximum duration in milliseconds that a failed operation will be "
                      "reattempted. The default is 0, which means no retries will be attempted. "
                      "Use -1 for infinite retries.")
                 .in("Error Handling", 1)
                 .shown(Width::Medium, "Retry Timeout for Errors"));
  def.define(number("errors.retry.delay.max.ms", Type::Long, 60000)
                 .medium()
                 .doc("The maximum duration in milliseconds between consecutive retry attempts. "
                      "Jitter will be added to the delay once this limit is reached to prevent "
                      "thundering herd issues.")
                 .in("Error Handling", 2)
                 .shown(Width::Medium, "Maximum Delay Between Retries for Errors"));
  def.define(
      text("errors.tolerance", "none")
          .medium()
          .doc("Behavior for tolerating errors during connector operation. 'none' is the default "
               "value and signals that any error will result in an immediate connector task "
               "failure; 'all' changes the behavior to skip over problematic records.")
          .in("Error Handling", 3)
          .shown(Width::Short, "Error Tolerance")
          .check(one_of({"none", "all"})));
  def.define(flag("errors.log.enable", false)
                 .medium()
                 .doc("If true, write each error and the details of the failed operation and "
                      "problematic record to the Connect application log. This is 'false' by "
                      "default, so that only errors that are not tolerated are reported.")
                 .in("Error Handling", 4)
                 .shown(Width::Short, "Log Errors"));
  def.define(flag("errors.log.include.messages", false)
                 .medium()
                 .doc("Whether to include in the log the Connect record that resulted in a "
                      "failure. For sink records, the topic, partition, offset, and timestamp will "
                      "be logged. For source records, the key and value (and their schemas), all "
                      "headers, and the timestamp, Kafka topic, Kafka partition, source partition, "
                      "and source offset will be logged. This is 'false' by default, which will "
                      "prevent record keys, values, and headers from being written to log files.")
                 .in("Error Handling", 5)
                 .shown(Width::Short, "Log Error Details"));
}

ConfigDef connector_def(const DefinitionContext &context, const StringMap &config) {
  ConfigDef def;
  def.resolve_with(resolver(context));
  define_identity(def, context);
  define_converters(def, context, config);
  define_chain(def);
  define_error_handling(def);
  return def;
}

void define_all_aliases(ConfigDef &def, const DefinitionContext &context, const StringMap &config) {
  define_aliases(def,
                 {"transforms", "Transforms", "Transformation", "transformation",
                  kTransformationSuffix, context.transformations},
                 config);
  define_aliases(
      def,
      {"predicates", "Predicates", "Predicate", "predicate", kPredicateSuffix, context.predicates},
      config);
}

void define_source_keys(ConfigDef &def) {
  def.define(list("topic.creation.groups", {})
                 .low()
                 .doc("Groups of configurations for topics created by source connectors")
                 .in("Topic Creation", 1)
                 .shown(Width::Long, "Topic Creation Groups")
                 .check(unique_aliases()));
  def.define(
      text("exactly.once.support", "requested")
          .medium()
          .doc("Permitted values are requested, required. If set to \"required\", forces a "
               "preflight check for the connector to ensure that it can provide exactly-once "
               "semantics with the given configuration. Some connectors may be capable of "
               "providing exactly-once semantics but not signal to Connect that they support this; "
               "in that case, documentation for the connector should be consulted carefully before "
               "creating it, and the value for this property should be set to \"requested\". "
               "Additionally, if the value is set to \"required\" but the worker that performs "
               "preflight validation does not have exactly-once support enabled for source "
               "connectors, requests to create or validate the connector will fail.")
          .in("Exactly Once Support", 2)
          .shown(Width::Short, "Exactly once support")
          .check(one_of_nocase({"REQUIRED", "REQUESTED"})));
  def.define(
      text("transaction.boundary", "poll")
          .medium()
          .doc("Permitted values are: poll, interval, connector. If set to 'poll', a new producer "
               "transaction will be started and committed for every batch of records that each "
               "task from this connector provides to Connect. If set to 'connector', relies on "
               "connector-defined transaction boundaries; note that not all connectors are capable "
               "of defining their own transaction boundaries, and in that case, attempts to "
               "instantiate a connector with this value will fail. Finally, if set to 'interval', "
               "commits transactions only after a user-defined time interval has passed.")
          .in("Exactly Once Support", 3)
          .shown(Width::Short, "Transaction Boundary")
          .check(one_of_nocase({"INTERVAL", "POLL", "CONNECTOR"})));
  def.define(nullable("transaction.boundary.interval.ms", Type::Long)
                 .low()
                 .doc("If 'transaction.boundary' is set to 'interval', determines the interval for "
                      "producer transaction commits by connector tasks. If unset, defaults to the "
                      "value of the worker-level 'offset.flush.interval.ms' property. It has no "
                      "effect if a different transaction.boundary is specified.")
                 .in("Exactly Once Support", 4)
                 .shown(Width::Short, "Transaction boundary interval")
                 .check(null_or_at_least(0)));
  def.define(
      nullable("offsets.storage.topic", Type::String)
          .low()
          .doc("The name of a separate offsets topic to use for this connector. If empty or not "
               "specified, the worker’s global offsets topic name will be used. If specified, the "
               "offsets topic will be created if it does not already exist on the Kafka cluster "
               "targeted by this connector (which may be different from the one used for the "
               "worker's global offsets topic if the bootstrap.servers property of the connector's "
               "producer has been overridden from the worker's). Only applicable in distributed "
               "mode; in standalone mode, setting this property will have no effect.")
          .in("offsets.topic", 1)
          .shown(Width::Long, "Offsets topic")
          .check(non_empty()));
}

void define_sink_keys(ConfigDef &def) {
  def.define(list("topics", {})
                 .high()
                 .doc("List of topics to consume, separated by commas")
                 .in("Common", 4)
                 .shown(Width::Long, "Topics")
                 .check(valid_list()));
  def.define(text("topics.regex", "")
                 .high()
                 .doc("Regular expression giving topics to consume. Under the hood, the regex is "
                      "compiled to a <code>java.util.regex.Pattern</code>. Only one of topics or "
                      "topics.regex should be specified.")
                 .in("Common", 4)
                 .shown(Width::Long, "Topics regex")
                 .check(valid_regex()));
  def.define(text("errors.deadletterqueue.topic.name", "")
                 .medium()
                 .doc("The name of the topic to be used as the dead letter queue (DLQ) for "
                      "messages that result in an error when processed by this sink connector, or "
                      "its transformations or converters. The topic name is blank by default, "
                      "which means that no messages are to be recorded in the DLQ.")
                 .in("Error Handling", 6)
                 .shown(Width::Medium, "Dead Letter Queue Topic Name"));
  def.define(number("errors.deadletterqueue.topic.replication.factor", Type::Short, 3)
                 .medium()
                 .doc("Replication factor used to create the dead letter queue topic when it "
                      "doesn't already exist.")
                 .in("Error Handling", 7)
                 .shown(Width::Medium, "Dead Letter Queue Topic Replication Factor"));
  def.define(flag("errors.deadletterqueue.context.headers.enable", false)
                 .medium()
                 .doc("If true, add headers containing error context to the messages written to "
                      "the dead letter queue. To avoid clashing with headers from the original "
                      "record, all error context header keys, all error context header keys will "
                      "start with <code>__connect.errors.</code>")
                 .in("Error Handling", 8)
                 .shown(Width::Medium, "Enable Error Context Headers"));
}

} // namespace

ConfigDef source_connector_def(const DefinitionContext &context, const StringMap &config) {
  ConfigDef def = connector_def(context, config);
  define_source_keys(def);
  define_all_aliases(def, context, config);
  return def;
}

ConfigDef sink_connector_def(const DefinitionContext &context, const StringMap &config) {
  ConfigDef def = connector_def(context, config);
  define_sink_keys(def);
  define_all_aliases(def, context, config);
  return def;
}

} // namespace host::config
