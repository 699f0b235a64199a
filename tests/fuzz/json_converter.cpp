// JsonConverter: the first byte chooses a configuration, the rest is a record's bytes.
#include <array>

#include "tests/fuzz/readers.h"

namespace {

using namespace host::data;

constexpr const char *kContent =
    R"({"type":"struct","fields":[{"type":"int32","field":"i","default":7},)"
    R"({"type":"string","optional":true,"field":"s"},{"type":"bytes","optional":true,"field":"b"},)"
    R"({"type":"array","items":{"type":"double"},"optional":true,"field":"a"},)"
    R"({"type":"map","keys":{"type":"int64"},"values":{"type":"boolean"},"optional":true,)"
    R"("field":"m"},{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal",)"
    R"("parameters":{"scale":"2"},"optional":true,"field":"d"}]})";

class Target {
public:
  Target() { pool_.begin_records(); }

  void run(std::uint8_t choice, std::string_view text) {
    Converter &reader = *converters_[choice % converters_.size()];
    pool_.turn();
    arena_.reset();
    const auto datum = reader.to_connect("t", bytes_of(text), arena_);
    if (!datum)
      return;
    readers_.read(*datum, arena_);
    if (choice % converters_.size() == 0)
      schemaless_is_stable(*datum);
  }

private:
  // What is written can be read, and is written the same from then on; the first time a negative
  // zero may lose its sign, as in Connect.
  void schemaless_is_stable(const Datum &datum) {
    const auto first = converters_[0]->from_connect("t", datum, out_);
    if (!first || first->ptr == nullptr)
      return;
    const std::string second = echo(*first);
    fuzz::require(echo(bytes_of(second)) == second, "what was read again is written the same");
  }

  std::string echo(Bytes bytes) {
    const auto datum = converters_[0]->to_connect("t", bytes, arena_);
    fuzz::require(datum.has_value(), "what was written can be read");
    const auto written = converters_[0]->from_connect("t", *datum, again_);
    fuzz::require(written.has_value() && written->ptr != nullptr, "what was read can be written");
    return std::string(text_of(*written));
  }

  std::unique_ptr<Converter> make(const host::StringMap &config) {
    return make_converter("Json", config, ConverterRole::Value, pool_).value();
  }

  SchemaPool pool_;
  fuzz::Readers readers_{pool_};
  std::array<std::unique_ptr<Converter>, 4> converters_{
      make({{"schemas.enable", "false"}}),
      make({}),
      make({{"replace.null.with.default", "false"}, {"schemas.cache.size", "1"}}),
      make({{"schema.content", kContent}}),
  };
  Arena arena_;
  std::string out_;
  std::string again_;
};

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  static Target target;
  if (size > 0)
    target.run(data[0], fuzz::text(data + 1, size - 1));
  return 0;
}
