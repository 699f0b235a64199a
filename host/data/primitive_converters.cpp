// ByteArrayConverter and the converters of single numbers (contract 8.3).
#include <bit>
#include <cmath>
#include <cstring>

#include "host/data/builtin.h"
#include "host/data/objects.h"

namespace host::data {
namespace {

// The one cell of a datum that is neither null nor a container; raw data as a cell.
Cell cell_of(const Datum &datum) {
  if (!is_raw(datum))
    return datum.cells[0];
  const Schema *schema = schema_of(datum);
  const Type type = schema != nullptr ? schema->type() : Type::Bytes;
  return {static_cast<std::uint8_t>(type),
          0,
          0,
          static_cast<std::uint32_t>(datum.raw.len),
          {.p = datum.raw.ptr}};
}

std::string class_text(const Datum &datum) {
  return "class " + std::string(java_class_of(cell_of(datum), schema_of(datum)));
}

// Whether Java has an object of another class than the type's for it.
bool is_object(const Datum &datum) {
  const Cell cell = cell_of(datum);
  return java_class_of(cell, schema_of(datum)) != java_class_of(type_of(cell));
}

// A task passes raw data on without asking it, text too: a listed difference.
class BytesConverter final : public Converter {
public:
  Result<Datum> to_connect(std::string_view, Bytes bytes, Arena &) override {
    return bytes.ptr == nullptr ? null_datum(schema_) : raw_datum(bytes, schema_);
  }

  Result<Bytes> from_connect(std::string_view, const Datum &datum, std::string &) override {
    const Schema *schema = schema_of(datum);
    if (schema != nullptr && schema->type() != Type::Bytes)
      return data_error("Invalid schema type for ByteArrayConverter: " +
                        std::string(name_of(schema->type())));
    if (is_null(datum))
      return kNullBytes;
    const Cell cell = cell_of(datum);
    const Type type = type_of(cell);
    if (type != Type::Bytes || is_object(datum))
      return data_error("ByteArrayConverter is not compatible with objects of type " +
                        class_text(datum));
    return bytes_of(text_of(cell));
  }

  const Schema *raw_schema() const override { return schema_; }

private:
  const Schema *schema_ = Schema::primitive(Type::Bytes, true);
};

class BooleanConverter final : public Converter {
public:
  Result<Datum> to_connect(std::string_view, Bytes bytes, Arena &arena) override {
    if (bytes.ptr == nullptr)
      return null_datum(schema_);
    if (bytes.len != 1)
      return refuse("Size of data received by BooleanDeserializer is not 1");
    if (bytes.ptr[0] > 1)
      return refuse("Unexpected byte received by BooleanDeserializer: " +
                    std::to_string(static_cast<signed char>(bytes.ptr[0])));
    const Cell cell{SLUICE_BOOL, 0, 0, 0, {.i = bytes.ptr[0]}};
    return cells_datum(arena.copy(std::span(&cell, 1)), schema_);
  }

  Result<Bytes> from_connect(std::string_view, const Datum &datum, std::string &out) override {
    const Schema *schema = schema_of(datum);
    if (schema != nullptr && schema->type() != Type::Bool)
      return data_error("Invalid schema type for BooleanConverter: " +
                        std::string(name_of(schema->type())));
    if (is_null(datum))
      return kNullBytes;
    const Cell cell = cell_of(datum);
    if (type_of(cell) != Type::Bool)
      return data_error("BooleanConverter is not compatible with objects of type " +
                        class_text(datum));
    out.assign(1, static_cast<char>(cell.u.i));
    return bytes_of(out);
  }

private:
  static tl::unexpected<Error> refuse(std::string why) {
    return fail(Error(Code::Data, exception::kSerialization, std::move(why))
                    .wrap(Code::Data, exception::kData, "Failed to deserialize boolean: "));
  }
  const Schema *schema_ = Schema::primitive(Type::Bool, true);
};

// One number, big-endian.
class NumberConverter final : public Converter {
public:
  struct Kind {
    std::string_view simple_name;
    std::string_view what;
    std::string_view deserializer; // Float and Double do not name theirs
    Type type;
    std::size_t size;
  };

  explicit NumberConverter(const Kind &kind)
      : kind_(kind), schema_(Schema::primitive(kind.type, true)) {}

  Result<Datum> to_connect(std::string_view, Bytes bytes, Arena &arena) override {
    if (bytes.ptr == nullptr)
      return null_datum(schema_);
    if (bytes.len != kind_.size) {
      Error cause(Code::Data, exception::kSerialization,
                  "Size of data received by " + std::string(kind_.deserializer) + " is not " +
                      std::to_string(kind_.size));
      return fail(std::move(cause).wrap(Code::Data, exception::kData,
                                        "Failed to deserialize " + std::string(kind_.what) + ": "));
    }
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < bytes.len; ++i)
      bits = bits << 8 | bytes.ptr[i];
    Cell cell{static_cast<std::uint8_t>(kind_.type), 0, 0, 0, {}};
    if (kind_.type == Type::Float32)
      cell.u.d = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    else if (kind_.type == Type::Float64)
      cell.u.d = std::bit_cast<double>(bits);
    else
      cell.u.i = sign_extended(bits);
    return cells_datum(arena.copy(std::span<const Cell>(&cell, 1)), schema_);
  }

  Result<Bytes> from_connect(std::string_view, const Datum &datum, std::string &out) override {
    if (is_null(datum))
      return kNullBytes;
    const Cell cell = cell_of(datum);
    if (type_of(cell) != kind_.type || is_object(datum))
      return data_error("Failed to serialize to " + std::string(kind_.what) + " (was " +
                        class_text(datum) + "): ");
    const std::uint64_t bits = bits_of(cell);
    out.clear();
    for (std::size_t i = kind_.size; i-- > 0;)
      out += static_cast<char>(bits >> (i * 8));
    return bytes_of(out);
  }

private:
  std::int64_t sign_extended(std::uint64_t bits) const {
    const auto shift = static_cast<int>(64 - kind_.size * 8);
    return static_cast<std::int64_t>(bits << shift) >> shift;
  }

  std::uint64_t bits_of(const Cell &cell) const {
    if (kind_.type == Type::Float32)
      return std::bit_cast<std::uint32_t>(static_cast<float>(cell.u.d));
    if (kind_.type != Type::Float64)
      return static_cast<std::uint64_t>(cell.u.i);
    // Java's DoubleSerializer knows one NaN only.
    return std::isnan(cell.u.d) ? 0x7ff8000000000000ULL : std::bit_cast<std::uint64_t>(cell.u.d);
  }

  const Kind &kind_;
  const Schema *schema_;
};

constexpr NumberConverter::Kind kNumbers[] = {
    {"ShortConverter", "short", "ShortDeserializer", Type::Int16, 2},
    {"IntegerConverter", "integer", "IntegerDeserializer", Type::Int32, 4},
    {"LongConverter", "long", "LongDeserializer", Type::Int64, 8},
    {"FloatConverter", "float", "Deserializer", Type::Float32, 4},
    {"DoubleConverter", "double", "Deserializer", Type::Float64, 8},
};

} // namespace

std::unique_ptr<Converter> make_bytes_converter() { return std::make_unique<BytesConverter>(); }

std::unique_ptr<Converter> make_primitive_converter(std::string_view simple_name) {
  if (simple_name == "BooleanConverter")
    return std::make_unique<BooleanConverter>();
  for (const NumberConverter::Kind &kind : kNumbers)
    if (kind.simple_name == simple_name)
      return std::make_unique<NumberConverter>(kind);
  return nullptr;
}

} // namespace host::data
