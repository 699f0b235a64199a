#include "host/transform/pages.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def;
  return def;
}

// Drops every record; with a predicate, those that it holds for.
class Filter final : public Transform {
public:
  Result<Verdict> apply(Record &, data::Arena &) override { return Verdict::Drop; }
};

Result<std::unique_ptr<Transform>> make(const config::Values &, Part, data::SchemaPool &) {
  return std::make_unique<Filter>();
}

} // namespace

constinit const TransformPage kFilter{
    "Filter", "Drops every record. Give it a predicate to drop only those it holds for.", false,
    keys, make};

} // namespace host::transform
