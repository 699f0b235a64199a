#include "host/runtime/source_conversion.h"

#include <utility>

#include "host/data/tape.h"

namespace host::runtime {
namespace {

std::string_view text(sluice_str from) { return {from.ptr, from.len}; }

} // namespace

SourceConversion::SourceConversion(TaskConverters converters, data::SchemaPool &schemas)
    : converters_(std::move(converters)), key_passes_(converters_.key->passes_raw()),
      value_passes_(converters_.value->passes_raw()), schemas_(&schemas) {}

bool SourceConversion::fail(ErrorStage stage, const std::string &class_name, Error error) {
  failure_.emplace(Failure{stage, class_name, std::move(error)});
  return false;
}

bool SourceConversion::convert_one(data::Converter &converter, bool passes, std::string_view topic,
                                   const sluice_datum &datum, std::string &scratch,
                                   kafka::Slice &out) {
  if (passes && datum.n_cells == 0) {
    out = slice(datum.raw);
    return true;
  }
  if (datum.n_cells > 0)
    if (Status checked = data::check_datum(datum); !checked) {
      error_ = std::move(checked).error();
      return false;
    }
  const auto bytes = converter.from_connect(topic, datum, scratch);
  if (!bytes) {
    error_ = bytes.error();
    return false;
  }
  out = slice(*bytes);
  return true;
}

bool SourceConversion::convert_headers(std::string_view topic, const sluice_source_record &record,
                                       kafka::OutRecord &out) {
  headers_.clear();
  if (header_scratch_.size() < record.n_headers)
    header_scratch_.resize(record.n_headers);
  for (std::size_t i = 0; i < record.n_headers; ++i) {
    const sluice_header &header = record.headers[i];
    if (header.value.n_cells > 0)
      if (Status checked = data::check_datum(header.value); !checked)
        return fail(ErrorStage::HeaderConverter, converters_.header_class,
                    std::move(checked).error());
    const auto bytes =
        converters_.header->from_connect(topic, text(header.key), header.value, header_scratch_[i]);
    if (!bytes)
      return fail(ErrorStage::HeaderConverter, converters_.header_class, bytes.error());
    headers_.push_back({text(header.key), slice(*bytes)});
  }
  out.headers = headers_;
  return true;
}

bool SourceConversion::convert_all(const sluice_source_record &record, kafka::OutRecord &out) {
  const std::string_view topic = text(record.topic);
  if (record.n_headers > 0 && !convert_headers(topic, record, out))
    return false;
  if (!convert_one(*converters_.key, key_passes_, topic, record.key, key_scratch_, out.key))
    return fail(ErrorStage::KeyConverter, converters_.key_class, std::move(error_));
  if (!convert_one(*converters_.value, value_passes_, topic, record.value, value_scratch_,
                   out.value))
    return fail(ErrorStage::ValueConverter, converters_.value_class, std::move(error_));
  // What a converter wrote lies in its scratch memory; only the plugin's own bytes stay.
  out.copy_value = out.value.data != record.value.raw.ptr || out.value.size < kZeroCopyBytes;
  return true;
}

void SourceConversion::write_letter(const sluice_source_record &record, Letter &letter) {
  const std::string_view topic = text(record.topic);
  letter.key = letter_part(*converters_.key, topic, record.key, key_scratch_);
  letter.value = letter_part(*converters_.value, topic, record.value, value_scratch_);
  if (header_scratch_.size() < record.n_headers)
    header_scratch_.resize(record.n_headers);
  for (std::size_t i = 0; i < record.n_headers; ++i) {
    const sluice_header &header = record.headers[i];
    kafka::Slice value;
    if (header.value.n_cells == 0 || data::check_datum(header.value))
      if (const auto bytes = converters_.header->from_connect(topic, text(header.key), header.value,
                                                              header_scratch_[i]))
        value = slice(*bytes);
    letter.headers.push_back({text(header.key), value});
  }
}

kafka::Slice SourceConversion::letter_part(data::Converter &converter, std::string_view topic,
                                           const sluice_datum &datum, std::string &scratch) {
  if (datum.n_cells > 0 && !data::check_datum(datum))
    return {};
  if (const auto bytes = converter.from_connect(topic, datum, scratch))
    return slice(*bytes);
  if (datum.n_cells == 0)
    return slice(datum.raw);
  if (fallback_ == nullptr)
    if (auto made = data::make_converter("Json", {}, data::ConverterRole::Value, *schemas_))
      fallback_ = *std::move(made);
  if (fallback_ != nullptr)
    if (const auto bytes = fallback_->from_connect(topic, datum, scratch))
      return slice(*bytes);
  return {};
}

} // namespace host::runtime
