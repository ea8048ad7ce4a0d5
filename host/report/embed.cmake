# Puts the report page's files into the program, so that a report opens without a network.
# Included by the root CMakeLists.txt; the build runs it again as a script that writes one .cpp.
#   cmake -D FILES=a.html;b.js -D OUTPUT=page_files.cpp -P embed.cmake
cmake_minimum_required(VERSION 3.25)

if(CMAKE_SCRIPT_MODE_FILE)
  set(text "#include \"host/report/page_files.hpp\"\n\nnamespace gateless::report {\n\n")
  string(APPEND text "std::vector<PageFile> page_files() {\n  return {\n")
  foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME)
    file(READ ${file} content)
    if(name MATCHES "\\.js$")  # comments are for who changes the page, not for who mails it
      string(REGEX REPLACE "(^|\n) *//[^\n]*" "" content "${content}")
    endif()
    string(FIND "${content}" ")gateless\"" delimiter)
    if(NOT delimiter EQUAL -1)
      message(FATAL_ERROR "${file} holds the delimiter )gateless\" and cannot be a raw string; change the delimiter here")
    endif()
    string(APPEND text "      {\"${name}\", R\"gateless(${content})gateless\"},\n")
  endforeach()
  string(APPEND text "  };\n}\n\n}  // namespace gateless::report\n")
  file(WRITE ${OUTPUT} "${text}")
  return()
endif()

set(page_files)
foreach(name page.html page.css first_screen.css quality.css charts.css format.js first_screen.js warnings.js tables.js filter.js charts.js pictures.js
    evidence.js map.js heat.js states.js gates.js quality.js done.js exports.js page.js)
  list(APPEND page_files ${CMAKE_CURRENT_LIST_DIR}/${name})
endforeach()
set(page_source ${CMAKE_BINARY_DIR}/generated/page_files.cpp)
add_custom_command(OUTPUT ${page_source}
  COMMAND ${CMAKE_COMMAND} "-DFILES=${page_files}" -DOUTPUT=${page_source} -P ${CMAKE_CURRENT_LIST_FILE}
  DEPENDS ${page_files} ${CMAKE_CURRENT_LIST_FILE} VERBATIM COMMENT "Embedding the report page")
target_sources(gateless_report PRIVATE ${page_source})
