#include "host/config/chain_keys.h"

#include <algorithm>
#include <utility>

#include "host/base/java_text.h"
#include "host/config/key_builder.h"
#include "host/config/version_range.h"

namespace host::config {
namespace {

// `transforms` or `predicates`: what the rows of their aliases are called.
struct AliasRole {
  std::string list_key;    // `transforms`
  std::string group;       // `Transforms`
  std::string title;       // `Transformation`
  std::string lower_title; // `transformation`
  std::string_view suffix;
  std::vector<PluginName> known;
  bool has_predicate;
  std::string interface; // `org.apache.kafka.connect.transforms.Transformation`
};

AliasRole transforms_of(const DefinitionContext &context) {
  return {"transforms",
          "Transforms",
          "Transformation",
          "transformation",
          kTransformationSuffix,
          context.transformations,
          true,
          "org.apache.kafka.connect.transforms.Transformation"};
}
AliasRole predicates_of(const DefinitionContext &context) {
  return {"predicates",
          "Predicates",
          "Predicate",
          "predicate",
          kPredicateSuffix,
          context.predicates,
          false,
          "org.apache.kafka.connect.transforms.predicates.Predicate"};
}

bool knows(const std::vector<PluginName> &plugins, std::string_view class_name) {
  return std::any_of(plugins.begin(), plugins.end(),
                     [&](const PluginName &plugin) { return plugin.class_name == class_name; });
}

// The concrete classes inside an abstract one: `Cast$Key, Cast$Value`.
std::string concrete_classes(const std::vector<PluginName> &plugins, const std::string &base) {
  std::string names;
  for (const char *part : {"$Key", "$Value"})
    if (knows(plugins, base + part))
      names += (names.empty() ? "" : ", ") + base + part;
  return names;
}

// Why a class cannot stand at an alias; nothing if it can.
std::optional<std::string> class_complaint(const AliasRole &role, const std::string &class_name) {
  if (knows(role.known, class_name))
    return std::nullopt;
  const std::string concrete = concrete_classes(role.known, class_name);
  if (!concrete.empty() || class_name == role.interface)
    return "This class is abstract and cannot be created." +
           (concrete.empty() ? "" : " Did you mean " + concrete + "?");
  return "Class class " + class_name + " does not implement the " + role.title + " interface";
}

// Why a class cannot be had in the version that is asked for; nothing if it can.
std::optional<std::string> version_complaint(const AliasRole &role, const std::string &class_name,
                                             const std::string *wanted) {
  if (wanted == nullptr)
    return std::nullopt;
  const std::string text(java::trim(*wanted));
  const auto range = VersionRange::parse(text);
  std::string available;
  for (const std::string &version : versions_of(role.known, class_name)) {
    if (!range || (!text.empty() && range->contains(version)))
      return std::nullopt;
    available += (available.empty() ? "" : ", ") + version;
  }
  return no_version_in(class_name, text, available);
}

// A transform that is to be negated needs a predicate; said at its type, as Connect does.
std::optional<std::string> negation_complaint(const std::string &prefix, const StringMap &config) {
  if (!config.contains(prefix + "negate") || config.contains(prefix + "predicate"))
    return std::nullopt;
  return "Config '" + prefix + "negate' was provided but there is no config '" + prefix +
         "predicate' defining a predicate to be negated.";
}

// The validator of an alias's class; it outlives the context and so keeps copies.
Validator fits(const AliasRole &role, const std::string &prefix, const StringMap &config) {
  const auto negation = role.has_predicate ? negation_complaint(prefix, config) : std::nullopt;
  const std::string *version = config.find(prefix + "plugin.version");
  return [negation, role, version = version != nullptr ? std::optional(*version) : std::nullopt](
             std::string_view, const Value &value) -> std::optional<std::string> {
    const auto *name = std::get_if<std::string>(&value);
    if (negation || name == nullptr)
      return negation;
    const auto complaint = class_complaint(role, *name);
    return complaint ? complaint : version_complaint(role, *name, version ? &*version : nullptr);
  };
}

Validator fits_version(const std::optional<std::string> &complaint) {
  return [complaint, syntax = version_range()](std::string_view key, const Value &value) {
    return complaint ? complaint : syntax(key, value);
  };
}

Recommender offering_classes(const std::vector<PluginName> &plugins) {
  std::vector<std::string> names;
  for (const PluginName &plugin : plugins)
    if (names.empty() || names.back() != plugin.class_name)
      names.push_back(plugin.class_name);
  return [names = std::move(names)](const Values &) { return Recommendation{names, true}; };
}

// ConfigDef's own order of keys without groups: required ones, then by importance, then by name.
bool comes_before(const ConfigKey &a, const ConfigKey &b) {
  if (a.required() != b.required())
    return a.required();
  return a.importance != b.importance ? a.importance < b.importance : a.name < b.name;
}

// A class's key behind a prefix. Its validator knows it without.
ConfigKey embedded(ConfigKey key, const std::string &prefix, const std::string &group,
                   std::int32_t order) {
  key.display_name = key.shown_name();
  key.name = prefix + key.name;
  key.group = group;
  key.order_in_group = order;
  for (std::string &dependent : key.dependents)
    dependent = prefix + dependent;
  if (key.validator)
    key.validator = [own = std::move(key.validator), size = prefix.size()](std::string_view name,
                                                                           const Value &value) {
      return own(name.substr(size), value);
    };
  return key;
}

void define_class_keys(ConfigDef &def, const AliasRole &role, const ConfigDef &own,
                       const std::string &prefix, const std::string &group) {
  std::vector<ConfigKey> keys(own.keys().begin(), own.keys().end());
  if (role.has_predicate) {
    keys.push_back(nullable("predicate", Type::String)
                       .medium()
                       .doc("The name of a predicate; the transform works only on records that "
                            "it holds for."));
    keys.push_back(flag("negate", false)
                       .medium()
                       .doc("Whether the transform works on the records that the predicate does "
                            "not hold for instead."));
  }
  std::sort(keys.begin(), keys.end(), comes_before);
  std::int32_t order = 2;
  for (ConfigKey &key : keys)
    def.define(embedded(std::move(key), prefix, group, order++));
}

void define_alias(ConfigDef &def, const DefinitionContext &context, const AliasRole &role,
                  const std::string &alias, const StringMap &config) {
  const std::string prefix = role.list_key + "." + alias + ".";
  const std::string group = role.group + ": " + alias;
  const std::string what = " the '" + alias + "' " + role.lower_title + ".";
  const std::string *given = config.find(prefix + "type");
  const auto name = given != nullptr ? find_class(role.known, *given, role.suffix) : std::nullopt;
  const auto versions = name ? versions_of(role.known, *name) : std::vector<std::string>();
  const auto misfit =
      name ? version_complaint(role, *name, config.find(prefix + "plugin.version")) : std::nullopt;
  def.define(required(prefix + "type", Type::Class)
                 .high()
                 .doc("Class for" + what)
                 .in(group, 0)
                 .shown(Width::Long, role.title + " type for " + alias)
                 .check(fits(role, prefix, config))
                 .recommend(offering_classes(role.known)));
  def.define(with_default(prefix + "plugin.version", Type::String,
                          versions.empty() ? Value() : Value(versions.back()))
                 .high()
                 .doc("Version of" + what)
                 .in(group, 1)
                 .shown(Width::Long, role.title + " version for " + alias)
                 .check(fits_version(misfit))
                 .recommend([versions](const Values &) {
                   return Recommendation{versions, true};
                 }));
  const ConfigDef *own =
      name && !misfit && context.chain_keys ? context.chain_keys(*name) : nullptr;
  if (own != nullptr)
    define_class_keys(def, role, *own, prefix, group);
}

List aliases_of(const AliasRole &role, const StringMap &config) {
  List aliases;
  for (std::string &alias : parse_list(java::trim(config.get(role.list_key))))
    if (std::find(aliases.begin(), aliases.end(), alias) == aliases.end())
      aliases.push_back(std::move(alias));
  return aliases;
}

tl::unexpected<Error> refuse(std::string message) {
  return fail(Code::Config, exception::kConfig, std::move(message));
}

Status check_alias(const ClassResolver &resolve, const AliasRole &role, const std::string &alias,
                   const StringMap &config) {
  const std::string prefix = role.list_key + "." + alias + ".";
  const std::string key = prefix + "type";
  const std::string *given = config.find(key);
  if (given == nullptr)
    return refuse(invalid(key, "null", "Not a " + role.title));
  const std::string name(java::trim(*given));
  const auto found = resolve(name);
  if (!found)
    return refuse(invalid(key, name, "Class " + name + " could not be found."));
  if (auto complaint = class_complaint(role, *found))
    return refuse(*std::move(complaint));
  // The key is trimmed where it is checked, but not where the class is loaded.
  if (name != *given)
    return refuse(
        invalid(key, *given, "Error getting config definition from " + role.title + ": " + *given));
  if (auto complaint = version_complaint(role, *found, config.find(prefix + "plugin.version")))
    return fail(Code::Config,
                "org.apache.kafka.connect.runtime.isolation.VersionedPluginLoadingException",
                *std::move(complaint));
  return {};
}

} // namespace

void define_chain_lists(ConfigDef &def) {
  def.define(list("transforms", {})
                 .low()
                 .doc("Names for the transforms that records go through, in this order; "
                      "each has its settings behind transforms.NAME.")
                 .in("Transforms", 12)
                 .shown(Width::Long, "Transforms")
                 .check(unique_aliases()));
  def.define(list("predicates", {})
                 .low()
                 .doc("Names for the predicates that transforms may refer to; each has "
                      "its settings behind predicates.NAME.")
                 .in("Predicates", 13)
                 .shown(Width::Long, "Predicates")
                 .check(unique_aliases()));
}

void define_chain_aliases(ConfigDef &def, const DefinitionContext &context,
                          const StringMap &config) {
  for (const AliasRole &role : {transforms_of(context), predicates_of(context)})
    for (const std::string &alias : aliases_of(role, config))
      define_alias(def, context, role, alias, config);
}

ClassResolver any_class(const DefinitionContext &context) {
  return [context](std::string_view name) {
    auto found = find_class(context.converters, name, kConverterSuffix);
    if (!found)
      found = find_class(context.header_converters, name, kHeaderConverterSuffix);
    for (const AliasRole &role : {transforms_of(context), predicates_of(context)}) {
      if (!found)
        found = find_class(role.known, name, role.suffix);
      if (!found && name == role.interface)
        found = role.interface;
    }
    if (!found && !concrete_classes(context.transformations, std::string(name)).empty())
      found = name;
    return found;
  };
}

ConfigDef chain_def(const DefinitionContext &context, const StringMap &config) {
  ConfigDef def;
  def.resolve_with(any_class(context));
  define_chain_lists(def);
  define_chain_aliases(def, context, config);
  return def;
}

Status check_chain_classes(const DefinitionContext &context, const StringMap &config) {
  const ClassResolver resolve = any_class(context);
  for (const AliasRole &role : {transforms_of(context), predicates_of(context)})
    for (const std::string &alias : aliases_of(role, config))
      HOST_TRY(check_alias(resolve, role, alias, config));
  return {};
}

} // namespace host::config
