#include "io/knowledge_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include "host/core/error.hpp"
#include "io/knowledge_checks.hpp"
#include "io/knowledge_reader.hpp"
#include "io/text_file.hpp"
#include "io/yaml_documents.hpp"

namespace gateless::io {
namespace {

constexpr std::uint64_t kLargestFile = 16U << 20U;  // bytes; the shipped file has 60 KB

void read_documents(const std::string& text, const std::string& name, Knowledge& knowledge,
                    KnowledgeOrigins& origins, std::vector<std::string>& problems) {
  try {
    KnowledgeReader reader(knowledge, origins, name, problems);
    for (const YAML::Node& document : yaml_documents(text)) {
      if (!document.IsNull()) reader.read(document);
    }
  } catch (const YAML::Exception& failure) {
    problems.push_back(
        fmt::format("{}:{}: this is not valid YAML: {}; check indentation, quotes and brackets",
                    name, failure.mark.line + 1, failure.msg));
  }
}

Knowledge finish(Knowledge knowledge, const KnowledgeOrigins& origins,
                 std::vector<std::string> problems) {
  if (problems.empty()) problems = check_knowledge(knowledge, origins);
  if (!problems.empty()) throw InputError(fmt::format("{}", fmt::join(problems, "\n")));
  sort_parents_first(knowledge);
  return knowledge;
}

}  // namespace

Knowledge read_knowledge(const std::vector<std::string>& paths) {
  Knowledge knowledge;
  KnowledgeOrigins origins;
  std::vector<std::string> problems;
  for (const std::string& path : paths) {
    const std::string text = read_text_file(path, kLargestFile);
    if (!knowledge.text.empty()) knowledge.text += "\n---\n";
    knowledge.text += text;
    knowledge.path += (knowledge.path.empty() ? "" : ", ") + path;
    read_documents(text, path, knowledge, origins, problems);
  }
  if (problems.empty() && knowledge.subsets.empty()) {
    problems.push_back(
        fmt::format("{}:1: no subset is defined (nothing could be named); add "
                    "`subsets`, or leave `knowledge` out for the shipped file",
                    paths.empty() ? "knowledge" : paths.front()));
  }
  return finish(std::move(knowledge), origins, std::move(problems));
}

Knowledge parse_knowledge(const std::string& text, const std::string& name) {
  Knowledge knowledge;
  KnowledgeOrigins origins;
  std::vector<std::string> problems;
  knowledge.text = text;
  knowledge.path = name;
  read_documents(text, name, knowledge, origins, problems);
  return finish(std::move(knowledge), origins, std::move(problems));
}

}  // namespace gateless::io
