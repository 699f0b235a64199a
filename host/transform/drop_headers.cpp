#include <algorithm>
#include <utility>

#include "host/transform/keys.h"
#include "host/transform/pages.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def = config::ConfigDef().define(
      config::required("headers", config::Type::List)
          .high()
          .doc("The names of the headers to remove, each with all its values.")
          .check(some_names()));
  return def;
}

// Removes every header of the names given.
class DropHeaders final : public Transform {
public:
  explicit DropHeaders(config::List names) : names_(std::move(names)) {}

  Result<Verdict> apply(Record &record, data::Arena &) override {
    std::erase_if(record.headers, [&](const Header &header) {
      return std::find(names_.begin(), names_.end(), key_of(header)) != names_.end();
    });
    return Verdict::Keep;
  }

private:
  config::List names_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part, data::SchemaPool &) {
  return std::make_unique<DropHeaders>(values.list("headers"));
}

} // namespace

constinit const TransformPage kDropHeaders{"DropHeaders", "Removes headers by name.", false, keys,
                                           make};

} // namespace host::transform
