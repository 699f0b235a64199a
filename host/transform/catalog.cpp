#include "host/transform/catalog.h"

#include "host/transform/pages.h"

namespace host::transform {
namespace {

constexpr std::string_view kPackage = "org.apache.kafka.connect.transforms.";
constexpr std::string_view kPredicatePackage = "org.apache.kafka.connect.transforms.predicates.";

constexpr const TransformPage *kTransforms[] = {
    &kCast,
    &kDropHeaders,
    &kExtractField,
    &kFilter,
    &kFlatten,
    &kHeaderFrom,
    &kHoistField,
    &kInsertField,
    &kInsertHeader,
    &kMaskField,
    &kRegexRouter,
    &kReplaceField,
    &kSetSchemaMetadata,
    &kTimestampConverter,
    &kTimestampRouter,
    &kValueToKey,
};
constexpr const PredicatePage *kPredicates[] = {&kHasHeaderKey, &kRecordIsTombstone,
                                                &kTopicNameMatches};

} // namespace

std::span<const TransformPage *const> transform_pages() { return kTransforms; }
std::span<const PredicatePage *const> predicate_pages() { return kPredicates; }

const std::vector<config::PluginName> &transformations() {
  static const std::vector<config::PluginName> names = [] {
    std::vector<config::PluginName> all;
    for (const TransformPage *page : kTransforms) {
      const std::string base = std::string(kPackage).append(page->name);
      for (const char *part : {"$Key", "$Value"})
        if (page->has_parts)
          all.push_back({base + part, std::string(config::kConnectVersion)});
      if (!page->has_parts)
        all.push_back({base, std::string(config::kConnectVersion)});
    }
    return all;
  }();
  return names;
}

const std::vector<config::PluginName> &predicates() {
  static const std::vector<config::PluginName> names = [] {
    std::vector<config::PluginName> all;
    for (const PredicatePage *page : kPredicates)
      all.push_back({std::string(kPredicatePackage).append(page->name),
                     std::string(config::kConnectVersion)});
    return all;
  }();
  return names;
}

void offer_to(config::DefinitionContext &context) {
  context.transformations = transformations();
  context.predicates = predicates();
  context.chain_keys = keys_of;
}

const TransformPage *find_transform(std::string_view class_name, Part &part) {
  if (!class_name.starts_with(kPackage))
    return nullptr;
  const std::string_view simple = class_name.substr(kPackage.size());
  for (const TransformPage *page : kTransforms) {
    if (!simple.starts_with(page->name))
      continue;
    const std::string_view rest = simple.substr(page->name.size());
    part = rest == "$Key" ? Part::Key : rest == "$Value" ? Part::Value : Part::Record;
    if (page->has_parts ? part != Part::Record : rest.empty())
      return page;
  }
  return nullptr;
}

const PredicatePage *find_predicate(std::string_view class_name) {
  for (const PredicatePage *page : kPredicates)
    if (class_name.starts_with(kPredicatePackage) &&
        class_name.substr(kPredicatePackage.size()) == page->name)
      return page;
  return nullptr;
}

const config::ConfigDef *keys_of(std::string_view class_name) {
  Part part{};
  if (const TransformPage *page = find_transform(class_name, part))
    return &page->keys();
  const PredicatePage *page = find_predicate(class_name);
  return page != nullptr ? &page->keys() : nullptr;
}

} // namespace host::transform
