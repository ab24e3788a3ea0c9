drop trigger uploads_for_older_programs on working.uploads_by_purpose;
drop function working.uploads_for_older_programs;
drop table working.uploads;
drop function working.uploads_of_older_programs;
