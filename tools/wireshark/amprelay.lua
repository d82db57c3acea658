-- SPDX-License-Identifier: GPL-2.0-only
--
-- Wireshark's view of RPMsg: header, name service, and the services of AmpRelay's firmware. Captures come from
-- `amprelay sniff -w`, from a board's kernel log, or from anything that writes link type USER0 (147) with packets that
-- begin with the RPMsg header: docs/how-to/watch-the-wire.md.
--
-- Link type USER1 (148) carries events of a lab: one JSON object each.

local rpmsg = Proto("rpmsg", "Remote Processor Messaging")
local ns = Proto("rpmsg_ns", "RPMsg Name Service")
local rpc = Proto("rpmsg_rpc", "RPMsg Remote Procedure Call")
local event = Proto("amprelay", "AmpRelay Event")

local NS_ADDR, NS_CREATE, NS_DESTROY, NS_ACK = 0x35, 0, 1, 2
local INBOUND, OUTBOUND = 1, 2 -- as pcapng has them: seen from the host

---------------------------------------------------------------------- fields

local f = {
	src = ProtoField.uint32("rpmsg.src", "Source address", base.HEX_DEC),
	dst = ProtoField.uint32("rpmsg.dst", "Destination address", base.HEX_DEC),
	addr = ProtoField.uint32("rpmsg.addr", "Source or destination address", base.HEX_DEC),
	reserved = ProtoField.uint32("rpmsg.reserved", "Reserved", base.HEX),
	len = ProtoField.uint16("rpmsg.len", "Length of the payload", base.DEC),
	flags = ProtoField.uint16("rpmsg.flags", "Flags", base.HEX),
	payload = ProtoField.bytes("rpmsg.payload", "Payload"),
	text = ProtoField.string("rpmsg.text", "Text"),
	channel = ProtoField.string("rpmsg.channel", "Channel"),
	direction = ProtoField.uint8("rpmsg.direction", "Direction", base.DEC,
		{ [INBOUND] = "to the host", [OUTBOUND] = "to the remote core" }),
	sequence = ProtoField.uint32("rpmsg.sequence", "Sequence number", base.DEC),
}
rpmsg.fields = { f.src, f.dst, f.addr, f.reserved, f.len, f.flags, f.payload, f.text, f.channel, f.direction, f.sequence }

local fn = {
	name = ProtoField.stringz("rpmsg_ns.name", "Name"),
	addr = ProtoField.uint32("rpmsg_ns.addr", "Address", base.HEX_DEC),
	flags = ProtoField.uint32("rpmsg_ns.flags", "Flags", base.HEX,
		{ [NS_CREATE] = "create", [NS_DESTROY] = "destroy", [NS_ACK] = "acknowledge" }),
	answered = ProtoField.uint32("rpmsg_ns.answered", "Announced address that is acknowledged", base.HEX_DEC),
}
ns.fields = { fn.name, fn.addr, fn.flags, fn.answered }

local calls = { [1] = "open", [2] = "close", [3] = "write", [4] = "read", [5] = "acknowledge", [6] = "terminate" }
local fr = {
	id = ProtoField.uint32("rpmsg_rpc.id", "Id", base.DEC),
	call = ProtoField.uint32("rpmsg_rpc.call", "System call", base.DEC, calls),
	first = ProtoField.int32("rpmsg_rpc.field1", "Field 1", base.DEC),
	second = ProtoField.int32("rpmsg_rpc.field2", "Field 2", base.DEC),
	size = ProtoField.uint32("rpmsg_rpc.data_len", "Length of the data", base.DEC),
	status = ProtoField.int32("rpmsg_rpc.status", "Status", base.DEC),
	data = ProtoField.bytes("rpmsg_rpc.data", "Data"),
}
rpc.fields = { fr.id, fr.call, fr.first, fr.second, fr.size, fr.status, fr.data }

local fe = {
	name = ProtoField.string("amprelay.ev", "Event"),
	core = ProtoField.string("amprelay.core", "Core"),
	text = ProtoField.string("amprelay.text", "Record"),
}
event.fields = { fe.name, fe.core, fe.text }

local ef = {
	longer = ProtoExpert.new("rpmsg.longer", "The length is more than the packet has", expert.group.PROTOCOL, expert.severity.WARN),
	shorter = ProtoExpert.new("rpmsg.shorter", "The packet has bytes behind the message", expert.group.PROTOCOL, expert.severity.NOTE),
	no_header = ProtoExpert.new("rpmsg.no_header", "Too short for a header", expert.group.PROTOCOL, expert.severity.WARN),
}
rpmsg.experts = { ef.longer, ef.shorter, ef.no_header }
local en = ProtoExpert.new("rpmsg_ns.length", "No announcement has this length", expert.group.PROTOCOL, expert.severity.WARN)
ns.experts = { en }
local eg = ProtoExpert.new("amprelay.gap", "Messages are missing here", expert.group.SEQUENCE, expert.severity.WARN)
local ec = ProtoExpert.new("amprelay.crash", "The core crashed", expert.group.SEQUENCE, expert.severity.ERROR)
event.experts = { eg, ec }

local packet_direction = Field.new("frame.packet_flags_direction")
local packet_interface = Field.new("frame.interface_name")

---------------------------------------------------------------------- names of channels

-- Who has which name changes as the packets go by, so what is known at a packet is kept with it: Wireshark looks at
-- packets again, in any order.
local names, channel_of_packet

function rpmsg.init()
	names, channel_of_packet = {}, {}
end

local function key(core, side, addr)
	return core .. "/" .. side .. "/" .. addr
end

-- Side: the direction that its owner sends in. A capture without directions has one side only.
local function other(side)
	if side == INBOUND then return OUTBOUND end
	if side == OUTBOUND then return INBOUND end
	return side
end

local function learn(core, side, addr, flags, name)
	if bit.band(flags, NS_DESTROY) ~= 0 then name = nil end
	names[key(core, side, addr)] = name
end

local function find_channel(pinfo, core, side, src, dst)
	if not pinfo.visited then
		-- the remote core's name first
		local remote = side ~= OUTBOUND and key(core, side, src) or key(core, other(side), dst)
		local host = side ~= OUTBOUND and key(core, other(side), dst) or key(core, side, src)
		channel_of_packet[pinfo.number] = names[remote] or names[host]
	end
	return channel_of_packet[pinfo.number]
end

---------------------------------------------------------------------- payloads

local function as_text(range)
	local text = range:raw()
	text = text:gsub("%z+$", "")
	if #text == 0 or text:find("[^%g%s]") then return nil end
	return text
end

local function shortened(text)
	text = text:gsub("%s+$", ""):gsub("%s+", " ")
	if #text > 60 then return text:sub(1, 60) .. "..." end
	return text
end

local function dissect_ns(range, pinfo, tree, core, side)
	local subtree = tree:add(ns, range)
	local len = range:len()

	if len ~= 40 and len ~= 44 then
		subtree:add_proto_expert_info(en)
		return "not an announcement"
	end
	local name, addr, flags = range(0, 32):stringz(), range(32, 4):le_uint(), range(36, 4):le_uint()
	subtree:add(fn.name, range(0, 32))
	subtree:add_le(fn.addr, range(32, 4))
	subtree:add_le(fn.flags, range(36, 4))
	if len == 44 then subtree:add_le(fn.answered, range(40, 4)) end
	if not pinfo.visited then
		learn(core, side, addr, flags, name)
		channel_of_packet[pinfo.number] = name
	end
	local verb = bit.band(flags, NS_DESTROY) ~= 0 and "destroys" or bit.band(flags, NS_ACK) ~= 0 and "acknowledges" or "announces"
	return string.format("%s %s at 0x%x", verb, name, addr)
end

-- A system call, if its length says so; else a call of a service.
local function dissect_rpc(range, pinfo, tree, side)
	local len = range:len()
	if len < 4 then return nil end
	local subtree = tree:add(rpc, range)
	local id = range(0, 4):le_uint()

	if len >= 16 and calls[id] and range(12, 4):le_uint() == len - 16 then
		subtree:add_le(fr.call, range(0, 4))
		subtree:add_le(fr.first, range(4, 4))
		subtree:add_le(fr.second, range(8, 4))
		subtree:add_le(fr.size, range(12, 4))
		if len > 16 then subtree:add(fr.data, range(16)) end
		return string.format("%s(%d, %d), %d bytes", calls[id], range(4, 4):le_int(), range(8, 4):le_int(), len - 16)
	end
	subtree:add_le(fr.id, range(0, 4))
	if side == INBOUND or len < 8 then
		if len > 4 then subtree:add(fr.data, range(4)) end
		return string.format("call %d, %d bytes", id, len - 4)
	end
	subtree:add_le(fr.status, range(4, 4))
	if len > 8 then subtree:add(fr.data, range(8)) end
	return string.format("answer %d: %d, %d bytes", id, range(4, 4):le_int(), len - 8)
end

-- Numbered messages: of `rpmsg ping` and `rpmsg bench`.
local function dissect_numbered(range, pinfo, tree)
	if range:len() < 4 or as_text(range) then return nil end
	tree:add_le(f.sequence, range(0, 4))
	return string.format("number %d", range(0, 4):le_uint())
end

local by_channel = { ["rpmsg-rpc"] = dissect_rpc, ["amp-echo"] = dissect_numbered, ["amp-sink"] = dissect_numbered }

local function dissect_payload(range, pinfo, tree, channel, side)
	local dissect = by_channel[channel or ""]
	local said = dissect and dissect(range, pinfo, tree, side)
	local text = as_text(range)

	tree:add(f.payload, range)
	if text then tree:add(f.text, range, text) end
	return said or (text and '"' .. shortened(text) .. '"')
end

---------------------------------------------------------------------- a message

function rpmsg.dissector(buffer, pinfo, tree)
	local there = buffer:len()
	local subtree = tree:add(rpmsg, buffer())

	pinfo.cols.protocol = "RPMsg"
	if there < 16 then
		subtree:add_proto_expert_info(ef.no_header)
		pinfo.cols.info = "no RPMsg header"
		return there
	end
	local src, dst, len = buffer(0, 4):le_uint(), buffer(4, 4):le_uint(), buffer(12, 2):le_uint()
	local direction, interface = packet_direction(), packet_interface()
	local side = direction and direction.value or 0
	local core = interface and tostring(interface.value) or "core"

	pinfo.cols.src = string.format("%s 0x%x", side == OUTBOUND and "host" or core, src)
	pinfo.cols.dst = string.format("%s 0x%x", side == INBOUND and "host" or core, dst)
	subtree:add_le(f.src, buffer(0, 4))
	subtree:add_le(f.dst, buffer(4, 4))
	subtree:add_le(f.addr, buffer(0, 4)):set_hidden()
	subtree:add_le(f.addr, buffer(4, 4)):set_hidden()
	subtree:add_le(f.reserved, buffer(8, 4))
	subtree:add_le(f.len, buffer(12, 2))
	subtree:add_le(f.flags, buffer(14, 2))
	if side ~= 0 then subtree:add(f.direction, side):set_generated() end
	if 16 + len > buffer:reported_len() then
		subtree:add_proto_expert_info(ef.longer)
	elseif 16 + len < buffer:reported_len() then
		subtree:add_proto_expert_info(ef.shorter)
	end

	local n = math.min(len, there - 16)
	local said
	if dst == NS_ADDR and n > 0 then
		said = dissect_ns(buffer(16, n), pinfo, tree, core, side)
	end
	local channel = dst == NS_ADDR and channel_of_packet[pinfo.number] or find_channel(pinfo, core, side, src, dst)
	if channel then subtree:add(f.channel, channel):set_generated() end
	if dst ~= NS_ADDR and n > 0 then
		said = dissect_payload(buffer(16, n), pinfo, subtree, channel, side)
	end
	pinfo.cols.info = string.format("%s, %d bytes%s", channel or string.format("0x%x > 0x%x", src, dst), len, said and ": " .. said or "")
	return there
end

---------------------------------------------------------------------- an event

-- What it says beside its time, number, name and core.
local function details(text)
	local rest = text:gsub('"t":%d+,?', ""):gsub('"seq":%d+,?', ""):gsub('"ev":"[^"]*",?', ""):gsub('"core":"[^"]*",?', "")
	return (rest:gsub('[{}"]', ""):gsub(":", "="):gsub(",", " "))
end

local function member(text, name)
	return text:match('"' .. name .. '":"([^"]*)"') or ""
end

function event.dissector(buffer, pinfo, tree)
	local text = buffer():raw()
	local subtree = tree:add(event, buffer())
	local name, core = member(text, "ev"), member(text, "core")

	pinfo.cols.protocol = "AmpRelay"
	pinfo.cols.info = name .. ": " .. details(text)
	pinfo.cols.src = core
	subtree:add(fe.name, name):set_generated()
	if core ~= "" then subtree:add(fe.core, core):set_generated() end
	subtree:add(fe.text, buffer())
	if name == "wire.channel" and not pinfo.visited then
		-- known before the capture began
		local addr = tonumber(text:match('"addr":(%d+)') or "")
		local side = member(text, "side") == "host" and OUTBOUND or INBOUND
		if addr then learn(core, side, addr, NS_CREATE, member(text, "name")) end
	elseif name == "wire.gap" then
		subtree:add_proto_expert_info(eg)
	elseif name == "core.crash" then
		subtree:add_proto_expert_info(ec)
	end
	local json = Dissector.get("json")
	if json and buffer:len() == buffer:reported_len() then
		local protocol, info = tostring(pinfo.cols.protocol), tostring(pinfo.cols.info)
		json:call(buffer, pinfo, tree)
		pinfo.cols.protocol, pinfo.cols.info = protocol, info
	end
	return buffer:len()
end

local encapsulation = DissectorTable.get("wtap_encap")
encapsulation:add(wtap.USER0, rpmsg)
encapsulation:add(wtap.USER1, event)
