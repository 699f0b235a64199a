// The text grammar of Values, through SimpleHeaderConverter.
#include "tests/fuzz/readers.h"

namespace {

using namespace host::data;

class Target {
public:
  Target() { pool_.begin_records(); }

  void run(Bytes bytes) {
    pool_.turn();
    arena_.reset();
    const auto datum = converter_->to_connect("t", "h", bytes, arena_);
    fuzz::require(datum.has_value(), "every header has a value");
    readers_.read(*datum, arena_);
    const auto text = converter_->from_connect("t", "h", *datum, out_);
    fuzz::require(text.has_value(), "what was read can be written");
    if (text->ptr != nullptr)
      fuzz::require(converter_->to_connect("t", "h", *text, arena_).has_value(),
                    "what was written can be read");
  }

private:
  SchemaPool pool_;
  fuzz::Readers readers_{pool_};
  std::unique_ptr<HeaderConverter> converter_ = make_header_converter("Simple", {}, pool_).value();
  Arena arena_;
  std::string out_;
};

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  static Target target;
  target.run(bytes_of(fuzz::text(data, size)));
  return 0;
}
