#include <optional>
#include <utility>

#include "host/data/values.h"
#include "host/transform/keys.h"
#include "host/transform/pages.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def =
      config::ConfigDef()
          .define(config::required("header", config::Type::String)
                      .high()
                      .doc("The name of the header.")
                      .check(config::non_null()))
          .define(config::required("value.literal", config::Type::String)
                      .high()
                      .doc("Its value, as SimpleHeaderConverter reads it: 1.0 is the number 1, "
                           "true a boolean, [1,2] a list, most other texts a string.")
                      .check(config::non_null()));
  return def;
}

// Appends a header whose value is the same for all records.
class InsertHeader final : public Transform {
public:
  InsertHeader(std::string name, std::string literal, data::SchemaPool &pool)
      : name_(std::move(name)), literal_(std::move(literal)) {
    data::ValuesParser parser(pool);
    value_ = parser.parse(literal_, arena_)
                 .value_or(data::raw_datum(data::bytes_of(literal_),
                                           Schema::primitive(data::Type::String, false)));
  }

  Result<Verdict> apply(Record &record, data::Arena &) override {
    record.headers.push_back(make_header(name_, value_));
    return Verdict::Keep;
  }

private:
  using Schema = data::Schema;
  std::string name_;
  std::string literal_;
  data::Arena arena_; // holds the value
  data::Datum value_;
};

Result<std::unique_ptr<Transform>> make(const config::Values &values, Part,
                                        data::SchemaPool &pool) {
  return std::make_unique<InsertHeader>(values.text("header"), values.text("value.literal"), pool);
}

} // namespace

constinit const TransformPage kInsertHeader{
    "InsertHeader", "Adds a header with a fixed value to each record.", false, keys, make};

} // namespace host::transform
