#include "host/base/utf8.h"
#include "host/data/builtin.h"
#include "host/data/charset.h"
#include "host/data/values.h"

namespace host::data {
namespace {

// SimpleHeaderConverter: values as the text of Values, and what that text says (contract 8.4). It
// does not fail: a text that nests too deep for a value is kept as bytes, as Connect does with
// what it cannot parse.
class SimpleHeaderConverter final : public HeaderConverter {
public:
  explicit SimpleHeaderConverter(SchemaPool &pool) : parser_(pool) {}

  Result<Datum> to_connect(std::string_view, std::string_view, Bytes bytes, Arena &arena) override {
    if (bytes.ptr == nullptr)
      return null_datum();
    std::string_view text = text_of(bytes);
    if (!utf8::valid(text)) {
      scratch_.clear();
      utf8::append_repaired(scratch_, text);
      text = arena.copy(scratch_);
    }
    if (const auto datum = parser_.parse(text, arena))
      return *datum;
    return raw_datum(bytes, Schema::primitive(Type::Bytes, false));
  }

  Result<Bytes> from_connect(std::string_view, std::string_view, const Datum &datum,
                             std::string &out) override {
    if (is_null(datum))
      return kNullBytes;
    const Schema *schema = schema_of(datum);
    if (is_raw(datum) && schema != nullptr && schema->type() == Type::String)
      return datum.raw;
    out.clear();
    append_values_text(out, datum);
    replace_surrogates(out);
    return bytes_of(out);
  }

private:
  ValuesParser parser_;
  std::string scratch_;
};

} // namespace

std::unique_ptr<HeaderConverter> make_simple_header_converter(SchemaPool &pool) {
  return std::make_unique<SimpleHeaderConverter>(pool);
}

} // namespace host::data
