#include "host/base/java_text.h"
#include "host/base/utf8.h"
#include "host/data/builtin.h"
#include "host/data/charset.h"
#include "host/data/value_text.h"

namespace host::data {
namespace {

// StringConverter: any value as its Java text (contract 8.3). In UTF-8 bytes and text are the same
// thing: a task may pass them on unseen (raw_schema), and then what is not well-formed stays so;
// whoever asks for the text gets U+FFFD for that, as in Java.
class StringConverter final : public Converter {
public:
  StringConverter(Charset reading, Charset writing)
      : reading_(std::move(reading)), writing_(std::move(writing)) {}

  Result<Datum> to_connect(std::string_view, Bytes bytes, Arena &arena) override {
    if (bytes.ptr == nullptr)
      return null_datum(schema_);
    if (reading_.is_utf8() && utf8::valid(text_of(bytes))) [[likely]]
      return raw_datum(bytes, schema_);
    scratch_.clear();
    if (reading_.is_utf8())
      utf8::append_repaired(scratch_, text_of(bytes));
    else
      reading_.append_decoded(scratch_, text_of(bytes));
    return raw_datum(bytes_of(arena.copy(scratch_)), schema_);
  }

  Result<Bytes> from_connect(std::string_view, const Datum &datum, std::string &out) override {
    if (is_null(datum))
      return kNullBytes;
    if (is_raw(datum) && (writing_.is_utf8() || !is_text(datum)))
      return datum.raw;
    out.clear();
    if (writing_.is_utf8()) {
      const Cell &cell = datum.cells[0];
      if (type_of(cell) == Type::String && !may_hold_surrogates(text_of(cell)))
        return bytes_of(text_of(cell));
      append_java_text(out, datum);
      replace_surrogates(out);
      return bytes_of(out);
    }
    scratch_.clear();
    append_java_text(scratch_, datum);
    writing_.append_encoded(out, scratch_);
    return bytes_of(out);
  }

  const Schema *raw_schema() const override {
    return reading_.is_utf8() && writing_.is_utf8() ? schema_ : nullptr;
  }

private:
  // Raw bytes that are no text have no Java text worth writing; they are written as they are.
  static bool is_text(const Datum &datum) {
    const Schema *schema = schema_of(datum);
    return schema != nullptr && schema->type() == Type::String;
  }

  Charset reading_;
  Charset writing_;
  const Schema *schema_ = Schema::primitive(Type::String, true);
  std::string scratch_;
};

// The value's own encoding of this role and direction, else converter.encoding.
Result<Charset> charset_from(const StringMap &config, const config::Values &values,
                             ConverterRole role, std::string_view direction) {
  const std::string own = std::string(role == ConverterRole::Key ? "key." : "value.")
                              .append(direction)
                              .append(".encoding");
  const std::string *given = config.find(own);
  const std::string name =
      given != nullptr ? std::string(java::trim(*given)) : values.text("converter.encoding");
  auto charset = Charset::find(name);
  if (!charset)
    return fail(Code::Config, exception::kSerialization, "Unsupported encoding " + name);
  return *std::move(charset);
}

} // namespace

Result<std::unique_ptr<Converter>>
make_string_converter(const StringMap &config, const config::Values &values, ConverterRole role) {
  HOST_ASSIGN(Charset writing, charset_from(config, values, role, "serializer"));
  HOST_ASSIGN(Charset reading, charset_from(config, values, role, "deserializer"));
  return std::unique_ptr<Converter>(
      std::make_unique<StringConverter>(std::move(reading), std::move(writing)));
}

} // namespace host::data
