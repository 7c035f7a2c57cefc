package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

type walker struct {
	table    table
	sources  map[string]*source
	topology *topology
}

// message puts a struct into the table, with all that it contains, and answers its name there. `whole` is the struct that it
// is inlined into, else itself: the topology knows the fields there.
func (w *walker) message(t, whole reflect.Type) string {
	group := groupOf(t.PkgPath())
	full := group + "." + t.Name()
	messages := w.table.Messages[group]
	if messages == nil {
		messages = map[string]*message{}
		w.table.Messages[group] = messages
	}
	if messages[t.Name()] != nil {
		return full
	}
	made := &message{Atomic: w.topology.isAtomic(t)}
	messages[t.Name()] = made
	made.Fields = w.fields(t, whole)
	return full
}

func (w *walker) fields(t, whole reflect.Type) []field {
	list := []field{}
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		jsonName, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if jsonName == "-" || !f.IsExported() {
			continue
		}
		if f.Anonymous && f.Type.Name() == "TypeMeta" {
			continue
		}
		doc := w.source(t.PkgPath()).doc(t.Name(), f.Name)
		row := field{JSON: jsonName, Proto: proto(f.Tag.Get("protobuf"))}
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			row.Flags += "p"
			inner = inner.Elem()
		}
		if jsonName == "" {
			row.Flags += "i"
			row.Type = w.message(inner, whole)
			list = append(list, row)
			continue
		}
		has := func(option string) bool { return strings.Contains(","+options+",", ","+option+",") }
		if has("omitempty") {
			row.Flags += "o"
		}
		if has("omitzero") {
			row.Flags += "z"
		}
		if doc.required || (!has("omitempty") && !doc.optional) {
			row.Flags += "r"
		}
		if inner.Kind() == reflect.Struct && scalars[name(inner)] == "" {
			row.Flags += "s"
		}
		row.Type = w.typeName(inner)
		row.SMP = strategicMerge(f.Tag)
		row.SSA = w.topology.of(whole, jsonName)
		if doc.defaultValue != "" {
			row.Default = json.RawMessage(doc.defaultValue)
			if !json.Valid(row.Default) {
				must(fmt.Errorf("%s.%s: the default %s is no JSON", t.Name(), f.Name, doc.defaultValue))
			}
		}
		list = append(list, row)
	}
	return list
}

func (w *walker) typeName(t reflect.Type) string {
	if scalar := scalars[name(t)]; scalar != "" {
		return scalar
	}
	switch t.Kind() {
	case reflect.Pointer:
		return w.typeName(t.Elem())
	case reflect.String:
		return w.enum(t)
	case reflect.Bool:
		return "bool"
	case reflect.Int32, reflect.Uint32:
		return "int32"
	case reflect.Int64, reflect.Int:
		return "int64"
	case reflect.Float64:
		return "double"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "Bytes"
		}
		return "[]" + w.typeName(t.Elem())
	case reflect.Map:
		return "{}" + w.typeName(t.Elem())
	case reflect.Struct:
		return w.message(t, t)
	}
	must(fmt.Errorf("no name for the Go type %v", t))
	return ""
}

// enum is `string`, or the name of a closed enumeration.
func (w *walker) enum(t reflect.Type) string {
	if t.PkgPath() == "" {
		return "string"
	}
	values := w.source(t.PkgPath()).enum(t.Name())
	if values == nil {
		return "string"
	}
	group := groupOf(t.PkgPath())
	if w.table.Enums[group] == nil {
		w.table.Enums[group] = map[string][]string{}
	}
	w.table.Enums[group][t.Name()] = values
	return group + "." + t.Name()
}

func proto(tag string) int {
	parts := strings.Split(tag, ",")
	if len(parts) < 2 {
		return 0
	}
	number, _ := strconv.Atoi(parts[1])
	return number
}

// strategicMerge is `merge:key`, `merge` for lists of scalars, `retainKeys`, or two of them.
func strategicMerge(tag reflect.StructTag) string {
	strategy, key := tag.Get("patchStrategy"), tag.Get("patchMergeKey")
	if key == "" {
		return strategy
	}
	return strategy + ":" + key
}
