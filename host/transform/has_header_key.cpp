#include <algorithm>
#include <utility>

#include "host/transform/keys.h"
#include "host/transform/pages.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef().define(config::required("name", config::Type::String)
                                     .medium()
                                     .doc("The name of the header.")
                                     .check(config::non_empty()));
  return def;
}

class HasHeaderKey final : public Predicate {
public:
  explicit HasHeaderKey(std::string name) : name_(std::move(name)) {}

  bool test(const Record &record) override {
    return std::any_of(record.headers.begin(), record.headers.end(),
                       [&](const Header &header) { return key_of(header) == name_; });
  }

private:
  std::string name_;
};

Result<std::unique_ptr<Predicate>> make(const config::Values &values) {
  return std::make_unique<HasHeaderKey>(values.text("name"));
}

} // namespace

constinit const PredicatePage kHasHeaderKey{
    "HasHeaderKey", "Holds for records with at least one header of a name.", keys, make};

} // namespace host::transform
