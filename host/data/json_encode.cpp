#include "host/data/json_encode.h"

#include <cmath>

#include "host/base/java_text.h"
#include "host/data/base64.h"
#include "host/data/decimal.h"
#include "host/data/objects.h"
#include "host/data/tape.h"
#include "host/data/value_text.h"
#include "host/json/escape.h"

namespace host::data {
namespace {

std::string class_text(const Cell &cell, const Schema *schema) {
  return "class " + std::string(java_class_of(cell, schema));
}

std::string_view logical_text(Logical logical) {
  switch (logical) {
  case Logical::Decimal:
    return "Decimal";
  case Logical::Date:
    return "Date";
  case Logical::Time:
    return "Time";
  default:
    return "Timestamp";
  }
}

template <class Real> void append_real(json::TextBuffer &out, Real number) {
  const bool quoted = !std::isfinite(number);
  char *to = out.room(java::kMostDigits + 2);
  if (quoted)
    *to++ = '"';
  to = java::write(to, number);
  if (quoted)
    *to++ = '"';
  out.advance(to);
}

void append_integer(json::TextBuffer &out, std::int64_t number) {
  out.advance(java::write(out.room(java::kMostDigits), number));
}

bool all_keys_are_strings(const Cell *map) {
  const Cell *at = map + 1;
  for (std::uint32_t i = 0; i < map->n; ++i) {
    if (type_of(*at) != Type::String)
      return false;
    ++at;
    at += extent(*at);
  }
  return true;
}

} // namespace

Status JsonEncoder::append(std::string &out, const Datum &datum, std::size_t depth) {
  out_.clear();
  depth_ = depth;
  error_.reset();
  const Schema *schema = schema_of(datum);
  if (is_null(datum))
    null_value(schema);
  else if (is_raw(datum))
    raw(datum);
  else
    value(datum.cells, schema);
  if (error_)
    return fail(*std::move(error_));
  out.append(out_.view());
  return {};
}

const Cell *JsonEncoder::refuse(std::string message) {
  error_.emplace(Code::Data, exception::kData, std::move(message));
  return nullptr;
}

const Cell *JsonEncoder::too_deep() {
  std::string limit = "Document nesting depth (" + std::to_string(kMaxDepth + 1) +
                      ") exceeds the maximum allowed (" + std::to_string(kMaxDepth) +
                      ", from `StreamWriteConstraints.getMaxNestingDepth()`)";
  error_ = Error(Code::Data, "com.fasterxml.jackson.core.exc.StreamConstraintsException",
                 std::move(limit))
               .wrap(Code::Data, exception::kSerialization, "Error serializing JSON message")
               .wrap(Code::Data, exception::kData,
                     "Converting Kafka Connect data to byte[] failed due to serialization error: ");
  return nullptr;
}

const Cell *JsonEncoder::mismatch(const Cell &cell, const Schema *schema) {
  return refuse("Invalid type for " +
                (schema != nullptr ? std::string(name_of(schema->type())) : "unknown schema") +
                ": " + class_text(cell, schema));
}

bool JsonEncoder::raw(const Datum &datum) {
  const Schema *schema = schema_of(datum);
  const Type type = schema != nullptr ? schema->type() : Type::Bytes;
  const Cell cell{static_cast<std::uint8_t>(type),
                  0,
                  0,
                  static_cast<std::uint32_t>(datum.raw.len),
                  {.p = datum.raw.ptr}};
  return value(&cell, schema) != nullptr;
}

const Cell *JsonEncoder::null_value(const Schema *schema) {
  static constexpr Cell kNull{SLUICE_NULL, 0, 0, 0, {}};
  if (schema != nullptr && schema->has_default() && options_.replace_null_with_default) {
    const Datum &fallback = schema->default_value();
    if (is_raw(fallback))
      return raw(fallback) ? &kNull + 1 : nullptr;
    return value(fallback.cells, schema);
  }
  if (schema != nullptr && !schema->optional())
    return refuse(
        "Conversion error: null value for field that is required and has no default value");
  out_.append(std::string_view("null"));
  return &kNull + 1;
}

const Cell *JsonEncoder::value(const Cell *cell, const Schema *schema) {
  const Type type = type_of(*cell);
  if (type == Type::Null)
    return null_value(schema) != nullptr ? cell + 1 : nullptr;
  if (schema != nullptr) {
    if (schema->logical() != Logical::None)
      return logical(cell, *schema);
    if (schema->type() != type)
      return mismatch(*cell, schema);
  }
  if (object_of(*cell) == Object::Date || object_of(*cell) == Object::Decimal)
    return schema != nullptr ? mismatch(*cell, schema)
                             : refuse("Java class " + class_text(*cell, nullptr) +
                                      " does not have corresponding schema type.");
  if (!is_container(type))
    return scalar(cell, type, schema);
  if (depth_ == kMaxDepth)
    return too_deep();
  ++depth_;
  const Cell *next = type == Type::Array ? array(cell, schema)
                     : type == Type::Map ? map(cell, schema)
                                         : structure(cell, schema);
  --depth_;
  return next;
}

const Cell *JsonEncoder::scalar(const Cell *cell, Type type, const Schema *schema) {
  switch (type) {
  case Type::Bool:
    out_.append(cell->u.i != 0 ? std::string_view("true") : std::string_view("false"));
    return cell + 1;
  case Type::Int8:
  case Type::Int16:
  case Type::Int32:
  case Type::Int64:
    append_integer(out_, cell->u.i);
    return cell + 1;
  case Type::Float32:
    append_real(out_, static_cast<float>(cell->u.d));
    return cell + 1;
  case Type::Float64:
    append_real(out_, cell->u.d);
    return cell + 1;
  case Type::String:
    json::append_quoted(out_, text_of(*cell));
    return cell + 1;
  case Type::Bytes:
    out_.append('"');
    base64(text_of(*cell));
    out_.append('"');
    return cell + 1;
  default:
    return mismatch(*cell, schema);
  }
}

void JsonEncoder::base64(std::string_view bytes) {
  scratch_.clear();
  append_base64(scratch_, bytes);
  out_.append(scratch_);
}

const Cell *JsonEncoder::array(const Cell *cell, const Schema *schema) {
  const Schema *element = schema != nullptr ? schema->value_schema() : nullptr;
  out_.append('[');
  const Cell *at = cell + 1;
  for (std::uint32_t i = 0; i < cell->n && at != nullptr; ++i) {
    if (i > 0)
      out_.append(',');
    at = value(at, element);
  }
  out_.append(']');
  return at;
}

const Cell *JsonEncoder::map(const Cell *cell, const Schema *schema) {
  if (schema == nullptr)
    return all_keys_are_strings(cell) ? object(cell, schema) : pairs(cell, schema);
  if (schema->key_schema() == nullptr) {
    error_.emplace(Code::Data, "java.lang.NullPointerException",
                   "Cannot invoke \"org.apache.kafka.connect.data.Schema.type()\" because the "
                   "return value of \"org.apache.kafka.connect.data.Schema.keySchema()\" is null");
    return nullptr;
  }
  return schema->key_schema()->type() == Type::String ? object(cell, schema) : pairs(cell, schema);
}

// An object's key under a string schema: a null key is the text `null`.
bool JsonEncoder::map_key(const Cell &cell) {
  if (type_of(cell) == Type::String) {
    json::append_quoted(out_, text_of(cell));
    return true;
  }
  if (type_of(cell) == Type::Null) {
    out_.append(std::string_view("\"null\""));
    return true;
  }
  mismatch(cell, Schema::primitive(Type::String, false));
  return false;
}

const Cell *JsonEncoder::object(const Cell *cell, const Schema *schema) {
  const Schema *values = schema != nullptr ? schema->value_schema() : nullptr;
  out_.append('{');
  const Cell *at = cell + 1;
  for (std::uint32_t i = 0; i < cell->n && at != nullptr; ++i) {
    if (i > 0)
      out_.append(',');
    if (!map_key(*at))
      return nullptr;
    out_.append(':');
    at = value(at + 1, values);
  }
  out_.append('}');
  return at;
}

const Cell *JsonEncoder::pairs(const Cell *cell, const Schema *schema) {
  out_.append('[');
  const Cell *at = cell + 1;
  for (std::uint32_t i = 0; i < cell->n && at != nullptr; ++i) {
    out_.append(i > 0 ? std::string_view(",[") : std::string_view("["));
    at = value(at, schema != nullptr ? schema->key_schema() : nullptr);
    if (at == nullptr)
      return nullptr;
    out_.append(',');
    at = value(at, schema != nullptr ? schema->value_schema() : nullptr);
    out_.append(']');
  }
  out_.append(']');
  return at;
}

const Cell *JsonEncoder::structure(const Cell *cell, const Schema *schema) {
  if (schema == nullptr)
    return refuse("Couldn't convert a struct without a schema to JSON.");
  out_.append('{');
  const Cell *at = cell + 1;
  const auto keys = schema->json_keys();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    out_.append(std::string_view(keys[i]).substr(i > 0 ? 0 : 1));
    at = value(at, schema->fields()[i].schema);
    if (at == nullptr)
      return nullptr;
  }
  out_.append('}');
  return at;
}

const Cell *JsonEncoder::logical(const Cell *cell, const Schema &schema) {
  if (schema.logical() == Logical::Decimal)
    return decimal(*cell, schema) ? cell + 1 : nullptr;
  const auto ms = date_ms_of(*cell, &schema);
  if (!ms)
    return refuse("Invalid type for " + std::string(logical_text(schema.logical())) +
                  ", expected Date but was " + class_text(*cell, &schema));
  if (schema.logical() == Logical::Time && (*ms < 0 || *ms > kMsPerDay))
    return refuse(
        "Kafka Connect Time type should not have any date fields set to non-zero values.");
  if (schema.logical() == Logical::Date && *ms % kMsPerDay != 0)
    return refuse(
        "Kafka Connect Date type should not have any time fields set to non-zero values.");
  // Days beyond an int lose their high bits, as Connect's Date does it.
  append_integer(out_, schema.logical() == Logical::Date
                           ? std::int64_t{static_cast<std::int32_t>(*ms / kMsPerDay)}
                           : *ms);
  return cell + 1;
}

bool JsonEncoder::decimal(const Cell &cell, const Schema &schema) {
  const auto value = decimal_of(cell, &schema);
  if (!value && (type_of(cell) != Type::Bytes || object_of(cell) == Object::Plain)) {
    refuse("Invalid type for Decimal, expected BigDecimal but was " + class_text(cell, &schema));
    return false;
  }
  if (!value || (!schema.scale() && !options_.numeric_decimals)) {
    error_ = scale_fault(schema);
    return false;
  }
  if (options_.numeric_decimals) {
    scratch_.clear();
    append_decimal(scratch_, value->unscaled, value->scale);
    out_.append(scratch_);
    return true;
  }
  if (value->scale != *schema.scale()) {
    refuse(scale_mismatch(*schema.scale(), value->scale));
    return false;
  }
  out_.append('"');
  base64(minimal(value->unscaled));
  out_.append('"');
  return true;
}

} // namespace host::data
