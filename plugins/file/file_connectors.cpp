#include "file_sink.h"
#include "file_source.h"
#include "sluice/sluice.hpp"

// The class names are Kafka Connect's, so that its configurations work unchanged; the version is
// that of the Connect release whose behaviour they have.
namespace {

constexpr std::string_view kConnectVersion = "4.3.0";

} // namespace

SLUICE_PLUGIN("file", "0.1.0",
              sluice::source_connector<file::FileSource, file::FileSourceConnector>(
                  {.class_name = "org.apache.kafka.connect.file.FileStreamSourceConnector",
                   .version = kConnectVersion,
                   .summary = "Reads a file, or standard input, line by line",
                   .keys = &file::kSourceKeys}),
              sluice::sink_connector<file::FileSink, file::FileSinkConnector>(
                  {.class_name = "org.apache.kafka.connect.file.FileStreamSinkConnector",
                   .version = kConnectVersion,
                   .summary = "Writes values to a file, or standard output, one per line",
                   .keys = &file::kSinkKeys}));
