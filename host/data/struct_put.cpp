#include "host/data/struct_put.h"

#include <string>
#include <string_view>
#include <utility>

#include "host/data/objects.h"

namespace host::data {
namespace {

// The way from a field to a value inside it, for messages: `element of array field: "f"`.
struct Where {
  std::string_view what;
  const Where *outer = nullptr;
  std::string_view field;

  std::string text() const {
    if (outer == nullptr)
      return "field: \"" + std::string(field) + "\"";
    return std::string(what) + outer->text();
  }
};

tl::unexpected<Error> refuse(std::string message) {
  return fail(Code::Data, exception::kData, std::move(message));
}

bool is_wanted_class(const Cell &value, const Schema *from, const Schema &to) {
  switch (to.logical()) {
  case Logical::None:
    return java_class_of(value, from) == java_class_of(to.type());
  case Logical::Decimal:
    return java_class_of(value, from) == "java.math.BigDecimal";
  default:
    return java_class_of(value, from) == "java.util.Date";
  }
}

tl::unexpected<Error> wrong_class(const Cell &value, const Schema *from, const Schema &to,
                                  const Where &where) {
  std::string text = "Invalid Java object for schema";
  if (to.name())
    text.append(" \"").append(*to.name()).append("\"");
  text.append(" with type ").append(name_of(to.type())).append(": class ");
  return refuse(text.append(java_class_of(value, from)).append(" for ").append(where.text()));
}

Status check(const Cell &value, const Schema *from, const Schema &to, const Where &where);

Status check_fields(const Cell &structure, const Schema &schema) {
  const Cell *at = &structure + 1;
  for (const Field &field : schema.fields()) {
    if (type_of(*at) != Type::Null || !field.schema->has_default())
      HOST_TRY(check(*at, field.schema, *field.schema, {{}, nullptr, field.name}));
    at += extent(*at);
  }
  return {};
}

Status check_elements(const Cell &array, const Schema *from, const Schema &to, const Where &outer) {
  if (to.value_schema() == nullptr)
    return {};
  const Where where{"element of array ", &outer, {}};
  const Cell *at = &array + 1;
  for (std::uint32_t i = 0; i < array.n; ++i, at += extent(*at))
    HOST_TRY(
        check(*at, from != nullptr ? from->value_schema() : nullptr, *to.value_schema(), where));
  return {};
}

Status check_entries(const Cell &map, const Schema *from, const Schema &to, const Where &outer) {
  if (to.key_schema() == nullptr || to.value_schema() == nullptr)
    return {};
  const Where key{"key of map ", &outer, {}};
  const Where value{"value of map ", &outer, {}};
  const Cell *at = &map + 1;
  for (std::uint32_t i = 0; i < map.n; ++i) {
    HOST_TRY(check(*at, from != nullptr ? from->key_schema() : nullptr, *to.key_schema(), key));
    at += extent(*at);
    HOST_TRY(
        check(*at, from != nullptr ? from->value_schema() : nullptr, *to.value_schema(), value));
    at += extent(*at);
  }
  return {};
}

Status check(const Cell &value, const Schema *from, const Schema &to, const Where &where) {
  const Type type = type_of(value);
  if (type == Type::Null)
    return to.optional() ? Status()
                         : Status(refuse("Invalid value: null used for required " + where.text() +
                                         ", schema type: " + std::string(name_of(to.type()))));
  if (!is_wanted_class(value, from, to))
    return wrong_class(value, from, to, where);
  if (to.logical() != Logical::None || !is_container(type))
    return {};
  if (type == Type::Array)
    return check_elements(value, from, to, where);
  if (type == Type::Map)
    return check_entries(value, from, to, where);
  return from == &to ? check_fields(value, to) : Status(refuse("Struct schemas do not match."));
}

} // namespace

Status check_put(const Cell &value, const Schema *from, const Field &field) {
  return check(value, from, *field.schema, {{}, nullptr, field.name});
}

} // namespace host::data
