import { json, type NextFunction, type Request, type Response } from 'express';
import { Authorized, Delete, Get, HttpCode, JsonController, OnUndefined, Param, Post, Req, UseBefore } from 'routing-controllers';
import { OpenAPI, ResponseSchema } from 'routing-controllers-openapi';
import { CurrentUser, NotFoundError, UnsupportedMediaTypeError, ValidationError } from 'routing-controllers-users';
import { Service } from 'typedi';
import { DataSource, type Repository } from 'typeorm';
import { User } from '../user.entity.js';
import { LONGEST_TEXT, NoteList, PlainNote } from './note.dtos.js';
import { Note } from './note.entity.js';

const MOST_LISTED = 1000;

const JSON_TYPES = ['json', '+json'];

/** Not strict: `null` or a number is JSON too, and not what is wanted. */
const readJson = json({ type: JSON_TYPES, strict: false, inflate: false });

/** The body is read by hand, so that a bad one is answered 422 as those of the library: the document is told what it is. */
const NOTE_IN_BODY = {
  requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NoteBody' } } } },
  responses: { '422': { $ref: '#/components/responses/ValidationError' } },
};

/** Notes of the signed-in user. Those of others are not there. */
@Service()
@Authorized()
@JsonController('/notes')
export class NotesController {
  private readonly notes: Repository<Note>;

  constructor(dataSource: DataSource) {
    this.notes = dataSource.getRepository(Note);
  }

  @Get('/')
  @OpenAPI({ summary: 'One’s own notes, newest first' })
  @ResponseSchema(NoteList)
  async list(@CurrentUser() user: User): Promise<NoteList> {
    const notes = await this.notes.find({ where: { userId: user.id }, order: { id: 'DESC' }, take: MOST_LISTED });
    return { items: notes.map(toPlain) };
  }

  @Post('/')
  @HttpCode(201)
  @UseBefore(refuseOtherTypes, readJson)
  @OpenAPI({ summary: 'Write a note', ...NOTE_IN_BODY })
  @ResponseSchema(PlainNote, { statusCode: 201 })
  async add(@CurrentUser() user: User, @Req() request: Request): Promise<PlainNote> {
    const note = this.notes.create({ text: readText(request.body), userId: user.id });
    await this.notes.insert(note);
    return toPlain(note);
  }

  @Delete('/:id')
  @OnUndefined(204)
  @OpenAPI({ summary: 'Delete a note' })
  async remove(@CurrentUser() user: User, @Param('id') id: string): Promise<void> {
    const { affected } = await this.notes.delete({ id: readId(id), userId: user.id });
    if (affected !== 1) throw new NotFoundError();
  }
}

function toPlain({ id, text }: Note): PlainNote {
  return { id, text };
}

function refuseOtherTypes(request: Request, _response: Response, next: NextFunction): void {
  const isOther = request.headers['content-length'] !== '0' && request.is(JSON_TYPES) === false;
  next(isOther ? new UnsupportedMediaTypeError() : undefined);
}

function readText(body: unknown): string {
  const text: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'text') : undefined;
  const isText = typeof text === 'string' && text.trim() !== '' && text.length <= LONGEST_TEXT;
  // PostgreSQL stores no NUL, and half a surrogate pair has no form in UTF-8.
  if (isText && !text.includes('\0') && text.isWellFormed()) return text;
  throw new ValidationError([{ field: 'text', messages: [`text must be a text of 1 to ${LONGEST_TEXT} characters`] }]);
}

function readId(id: string): number {
  const number = /^[1-9]\d{0,9}$/.test(id) ? Number(id) : 0;
  if (number < 1 || number > 2_147_483_647) throw new NotFoundError();
  return number;
}
